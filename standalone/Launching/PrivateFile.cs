namespace ThreadGrains.Standalone.Launching;

/// <summary>Files that only their owner may read, and that are never seen half written.</summary>
internal static class PrivateFile
{
    /// <summary>Writes the file unless it is there.</summary>
    public static void CreateIfMissing(string path, string text)
    {
        if (File.Exists(path))
        {
            return;
        }

        string whole = WriteBeside(path, text);
        try
        {
            File.Move(whole, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(whole);
        }
    }

    /// <summary>Writes the file, in place of a former one.</summary>
    public static void Replace(string path, string text) => File.Move(WriteBeside(path, text), path, overwrite: true);

    private static string WriteBeside(string path, string text)
    {
        string beside = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(beside, options);
        writer.Write(text);
        return beside;
    }
}
