using Microsoft.Extensions.Configuration;

namespace ThreadGrains.Connections.Tests;

/// <summary>Secrets come from files where a folder is named.</summary>
public sealed class Secrets_in_files : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_the_setting_that_its_name_is()
    {
        File.WriteAllText(Path.Combine(_folder, "ThreadGrains__Slack__BotToken"), "xoxb-from-a-file\n");
        File.WriteAllText(Path.Combine(_folder, ".hidden"), "no");
        var configuration = With(_folder);
        configuration.AddSecretFiles();
        Assert.Equal("xoxb-from-a-file", configuration["ThreadGrains:Slack:BotToken"]);
        Assert.Null(configuration["hidden"]);
    }

    [Fact]
    public void What_the_environment_says_goes_first()
    {
        File.WriteAllText(Path.Combine(_folder, "ThreadGrains__ApiKey"), "from-a-file");
        var configuration = With(_folder, ("ThreadGrains:ApiKey", "from-the-environment"));
        configuration.AddSecretFiles();
        Assert.Equal("from-the-environment", configuration["ThreadGrains:ApiKey"]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said() =>
        Assert.Contains("/nowhere/at/all", Assert.Throws<SettingRefusedException>(() => With("/nowhere/at/all").AddSecretFiles()).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_folder_nothing_is_read() => new ConfigurationManager().AddSecretFiles();

    private static ConfigurationManager With(string folder, params (string Name, string Value)[] environment)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(environment.Append(("ThreadGrains:SecretsFolder", folder)).ToDictionary(set => set.Item1, set => (string?)set.Item2));
        return configuration;
    }
}
