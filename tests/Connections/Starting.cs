using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Connections.Tests;

/// <summary>What every program does with its settings and its launcher before it starts.</summary>
public sealed class Starting : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\n\n \t")]
    public void Settings_are_read_without_the_blanks_and_line_breaks_around_them(string end)
    {
        File.WriteAllText(Path.Combine(_folder, "ThreadGrains__Slack__BotToken"), "xoxb-from-a-file" + end);
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ThreadGrains:SecretsFolder"] = _folder + end,
            ["ThreadGrains:Secrets:Keys:0:Key"] = end + "a b" + end,
            ["ThreadGrains:TrackerName"] = "The tracker",
            ["Elsewhere"] = "x" + end,
        });

        configuration.Prepare();

        Assert.Equal("xoxb-from-a-file", configuration["ThreadGrains:Slack:BotToken"]);
        Assert.Equal("a b", configuration["ThreadGrains:Secrets:Keys:0:Key"]);
        Assert.Equal("The tracker", configuration["ThreadGrains:TrackerName"]);
        Assert.Equal("x" + end, configuration["Elsewhere"]);
    }

    [Fact]
    public void Each_problem_is_a_line_and_values_are_not_shown()
    {
        var unreadable = Assert.ThrowsAny<InvalidOperationException>(() => With("ThreadGrains:Limit", "xoxb-1' at 'a' to type 'b'\nxoxb-2").GetSection("ThreadGrains").Get<Limits>());
        var invalid = new OptionsValidationException("", typeof(string), ["one\nis wrong", "two is wrong"]);
        var problem = new AggregateException(unreadable, invalid, new AggregateException(new SettingRefusedException("three is wrong"), new NotSupportedException("four")));

        Assert.Equal(
            [
                "bad configuration: ThreadGrains:Limit cannot be read as Int32; see docs/configuration.md.",
                "bad configuration: one is wrong", "bad configuration: two is wrong", "three is wrong", "of our own: four",
            ],
            SettingProblems.Explain(problem, inner => inner is NotSupportedException ? "of our own: " + inner.Message : null));
    }

    [Fact]
    public void What_is_no_setting_keeps_its_stack()
    {
        Assert.Empty(SettingProblems.Explain(new InvalidOperationException("bug"), _ => null));
        Assert.Empty(SettingProblems.Explain(new AggregateException(new SettingRefusedException("one"), new InvalidOperationException("bug")), _ => null));
    }

    [Fact]
    public void Without_a_launcher_nothing_is_watched() => Assert.Empty(new ServiceCollection().AddEndWithLauncher());

    private static ConfigurationManager With(string name, string value)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?> { [name] = value });
        return configuration;
    }

    private sealed class Limits
    {
        public int Limit { get; set; }
    }
}
