using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Storage;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Silo.GrainStorage;
using ThreadGrains.Silo.PostgreSql;

namespace ThreadGrains.Silo.Tests;

/// <summary>A silo with grain state as the product composes it, but without its other parts: two of them may share a database.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningSilo(IHost host) => _host = host;

    public IGrainStorage Storage => _host.Services.GetRequiredKeyedService<IGrainStorage>(GrainState.ProviderName);

    /// <summary>Orleans' own provider, which a former version used without anything before it.</summary>
    public IGrainStorage Rows => StorageNamed(GrainState.RowsName);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static Task<RunningSilo> OnSqlite(string file, SiloUnderTest settings)
    {
        SqliteGrainStorage.Prepare(file);
        return Start(settings, SqliteFactory.Instance.CreateDataSource($"Data Source={file}"), (silo, orleans) => silo.AddLocalSilo(orleans).AddSqliteGrainStorage(file));
    }

    /// <summary>Each in a cluster of its own, so that two of them know nothing of each other.</summary>
    public static Task<RunningSilo> OnPostgreSql(NpgsqlDataSource source, SiloUnderTest settings) =>
        Start(settings, source, (silo, orleans) => silo.AddLocalSilo(orleans).AddPostgreSqlGrainStorage(source));

    private static async Task<RunningSilo> Start(SiloUnderTest settings, DbDataSource database, Action<ISiloBuilder, IConfigurationSection> compose)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => compose(silo, builder.Configuration.GetSection("Orleans")));
        builder.Services.Configure<AdoNetGrainStorageOptions>(GrainState.RowsName, options => options.DeleteStateOnClear = settings.DeleteOnClear);
        builder.Services.Configure<OrganizationOptions>(options => options.Organization = settings.Organization);
        if (settings.SilosAgree is { } agree)
        {
            builder.Services.AddSingleton(new FormerRows(database, settings.Organization, agree));
        }

        var host = builder.Build();
        await host.StartAsync();
        return new RunningSilo(host);
    }

    /// <summary>The storage that a grain gets by the name it gives; null: it gives none.</summary>
    public IGrainStorage StorageNamed(string? name) => _host.Services.GetRequiredKeyedService<IGrainStorage>(name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

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

/// <summary>How a silo of a test differs from another one.</summary>
/// <param name="DeleteOnClear">Whether a state that is cleared leaves no row.</param>
/// <param name="Organization">The configured organization.</param>
/// <param name="SilosAgree">Says whether every silo moves rows; null: the silo finds out by itself.</param>
internal sealed record SiloUnderTest(bool DeleteOnClear = false, string Organization = "local", Func<bool>? SilosAgree = null);

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
