namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>The product in one process, with settings of its own, for the classes of a collection or the tests of one class.</summary>
public abstract class SharedProduct : IAsyncLifetime
{
    private readonly bool _isLimited;
    private readonly IReadOnlyDictionary<string, string>[] _settings;

    /// <param name="isLimited">Whether Slack has its default limits: for what shows pace.</param>
    /// <param name="settings">What is not as it is shipped.</param>
    protected SharedProduct(bool isLimited, params IReadOnlyDictionary<string, string>[] settings) => (_isLimited, _settings) = (isLimited, settings);

    internal Deployment Product { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Product = await Deployment.Start(_settings);
        if (!_isLimited)
        {
            await Product.Slack.NoLimits();
        }
    }

    public async Task DisposeAsync() => await Product.DisposeAsync();
}
