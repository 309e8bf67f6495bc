namespace ThreadGrains.Silo.Tests;

public sealed class HoldingTheDataFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_second_holder_is_told_which_process_has_it_and_gets_it_when_that_one_lets_go()
    {
        using (DataFolder.Claim(_folder.Path))
        {
            var refusal = Assert.Throws<StartRefusedException>(() => DataFolder.Claim(_folder.Path));
            Assert.Contains($"held by process {Environment.ProcessId};", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        }

        DataFolder.Claim(_folder.Path).Dispose();
    }

    [Fact]
    public void A_new_folder_is_for_its_owner_alone()
    {
        using var folder = DataFolder.Claim(_folder.PathOf("new"));

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        }
    }

    [Fact]
    public void A_file_in_the_folders_place_is_refused_by_name()
    {
        string file = _folder.PathOf("taken");
        File.WriteAllText(file, "");

        var refusal = Assert.Throws<StartRefusedException>(() => DataFolder.Claim(file));

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    public void Dispose() => _folder.Dispose();
}
