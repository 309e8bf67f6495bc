using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.KeyPerFile;

namespace ThreadGrains.Connections;

/// <summary>Secrets that stand in files, as container platforms hand them out: one file a setting, named as its environment variable.</summary>
public static class SecretFiles
{
    /// <summary>The setting that names the folder.</summary>
    private const string Setting = "ThreadGrains:SecretsFolder";

    /// <summary>
    /// Reads each file of the folder <c>ThreadGrains__SecretsFolder</c> as the setting that its name is, such as
    /// <c>ThreadGrains__Slack__BotToken</c>. The end of the line does not count. Environment variables go before files.
    /// </summary>
    /// <exception cref="SettingRefusedException">The folder does not exist.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } folder)
        {
            return;
        }

        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
        {
            throw new SettingRefusedException($"ThreadGrains__SecretsFolder: there is no folder {path}.");
        }

        // What comes later counts: files of settings first, then these, then the environment and the command line.
        var files = new KeyPerFileConfigurationSource
        {
            FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(path),
            IgnorePrefix = ".",
            Optional = false,
        };
        int at = configuration.Sources.ToList().FindLastIndex(source => source is Microsoft.Extensions.Configuration.Json.JsonConfigurationSource);
        configuration.Sources.Insert(at + 1, files);
    }
}
