using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo.Tests;

/// <summary>A silo with grain state in a SQLite file, as the product composes it, but for the folder's lock: two of them may share a file.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningSilo(IHost host) => _host = host;

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(SqliteGrainStorage.ProviderName);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<RunningSilo> Start(string file, bool deleteOnClear = false)
    {
        SqliteGrainStorage.Prepare(file);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo.AddLocalSilo(builder.Configuration.GetSection("Orleans")).AddSqliteGrainStorage(file));
        builder.Services.Configure<AdoNetGrainStorageOptions>(SqliteGrainStorage.ProviderName, options => options.DeleteStateOnClear = deleteOnClear);
        var host = builder.Build();
        await host.StartAsync();
        return new RunningSilo(host);
    }

    /// <summary>Reads a state past all grains, as an activation does when it starts.</summary>
    public async Task<GrainState<Note>> Read(string key)
    {
        var state = new GrainState<Note>();
        await Storage.ReadStateAsync("note", IdOf(key), state);
        return state;
    }

    public Task Write(string key, GrainState<Note> state) => Storage.WriteStateAsync("note", IdOf(key), state);

    public Task Clear(string key, GrainState<Note> state) => Storage.ClearStateAsync("note", IdOf(key), state);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static GrainId IdOf(string key) => GrainId.Create("notebook", key);
}

internal sealed class Note
{
    public string Text { get; set; } = "";

    public List<string> Tags { get; set; } = [];
}

public interface INotebookGrain : IGrainWithStringKey
{
    Task<string> Read();

    Task Write(string text);

    Task Clear();
}

internal sealed class NotebookGrain([PersistentState("note")] IPersistentState<Note> note) : Grain, INotebookGrain
{
    public Task<string> Read() => Task.FromResult(note.State.Text);

    public Task Write(string text)
    {
        note.State.Text = text;
        return note.WriteStateAsync();
    }

    public Task Clear() => note.ClearStateAsync();
}
