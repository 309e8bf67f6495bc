using Microsoft.Extensions.Configuration;

namespace ThreadGrains.Connections;

/// <summary>What every program does with its settings before it reads them.</summary>
public static class OurSettings
{
    private const string Section = "ThreadGrains";

    /// <summary>
    /// Adds what stands in files of secrets, and takes blanks and line breaks away from both ends of each setting below
    /// <c>ThreadGrains</c>: files, shells and secret stores leave them there, and no setting means anything by them.
    /// </summary>
    /// <exception cref="SettingRefusedException">The folder of secrets does not exist.</exception>
    public static void Prepare(this IConfigurationManager configuration)
    {
        Trim(configuration);
        configuration.AddSecretFiles();
        Trim(configuration);
    }

    private static void Trim(IConfigurationManager configuration) => configuration.AddInMemoryCollection(
        configuration.GetSection(Section).AsEnumerable().Where(setting => setting.Value is { } value && value.Length != value.Trim().Length)
            .Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value!.Trim())).ToList());
}
