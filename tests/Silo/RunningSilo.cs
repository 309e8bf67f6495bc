using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Storage;
using ThreadGrains.Silo.GrainStorage;
using ThreadGrains.Silo.PostgreSql;

namespace ThreadGrains.Silo.Tests;

/// <summary>A silo with grain state as the product composes it, but without its other parts: two of them may share a database.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningSilo(IHost host) => _host = host;

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(GrainState.ProviderName);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static Task<RunningSilo> OnSqlite(string file, bool deleteOnClear)
    {
        SqliteGrainStorage.Prepare(file);
        return Start(deleteOnClear, (silo, orleans) => silo.AddLocalSilo(orleans).AddSqliteGrainStorage(file));
    }

    /// <summary>Each in a cluster of its own, so that two of them know nothing of each other.</summary>
    public static Task<RunningSilo> OnPostgreSql(NpgsqlDataSource source, bool deleteOnClear) =>
        Start(deleteOnClear, (silo, orleans) => silo.AddLocalSilo(orleans).AddPostgreSqlGrainStorage(source));

    private static async Task<RunningSilo> Start(bool deleteOnClear, Action<ISiloBuilder, IConfigurationSection> compose)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => compose(silo, builder.Configuration.GetSection("Orleans")));
        builder.Services.Configure<AdoNetGrainStorageOptions>(GrainState.ProviderName, options => options.DeleteStateOnClear = deleteOnClear);
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
