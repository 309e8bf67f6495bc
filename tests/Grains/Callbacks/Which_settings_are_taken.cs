using System.Net;
using System.Text.Json;
using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Tests.Callbacks;

public class Which_settings_are_taken
{
    private static readonly string Secret = "whsec_" + Convert.ToBase64String(new byte[24]);

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("https://tracker.example/hooks", false, true)]
    [InlineData("https://tracker.example:8443/hooks?token=x", false, true)]
    [InlineData("http://tracker.example/hooks", false, false)]
    [InlineData("http://tracker.internal/hooks", true, true)]
    [InlineData("https://10.0.0.7/hooks", false, false)]
    [InlineData("https://10.0.0.7/hooks", true, true)]
    [InlineData("https://localhost/hooks", false, false)]
    [InlineData("https://[::1]/hooks", false, false)]
    [InlineData("https://ada:pass@tracker.example/", false, false)]
    [InlineData("https://tracker.example/#part", false, false)]
    [InlineData("ftp://tracker.example/", true, false)]
    [InlineData("tracker.example", false, false)]
    public void An_address_is(string? url, bool allowPrivate, bool taken)
    {
        var result = new CallbackOptionsValidator().Validate(null, new CallbackOptions { Url = url, Secret = url is null ? null : Secret, AllowPrivate = allowPrivate });
        Assert.True(result.Succeeded == taken, result.FailureMessage);
        if (!taken)
        {
            Assert.DoesNotContain(Secret, result.FailureMessage!, StringComparison.Ordinal);
            Assert.DoesNotContain("pass", result.FailureMessage!.Replace("password", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain('\n', result.FailureMessage!);
        }
    }

    public static TheoryData<string?, bool> Secrets => new()
    {
        { Secret, true },
        { $"{Secret} {Secret}", true },
        { $"{Secret},{Secret}", true },
        { $"{Secret}, {Secret}", true },
        { $"{Secret} {Secret} {Secret}", false },
        { "whsec_" + Convert.ToBase64String(new byte[23]), false },
        { "whsec_" + Convert.ToBase64String(new byte[65]), false },
        { Convert.ToBase64String(new byte[32]), false },
        { "whsec_not base64", false },
        { " ", false },
        { null, false },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_is(string? secret, bool taken) =>
        Assert.Equal(taken, new CallbackOptionsValidator().Validate(null, new CallbackOptions { Url = "https://tracker.example/", Secret = secret }).Succeeded);

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.15.0.1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("64:ff9b::101:101", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    public void An_address_is_public(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public void A_tracker_that_sends_back_what_it_was_told_says_the_same()
    {
        var click = new Click(new ChannelAddress("T1", "C1"), "1700000000.000100", ClickActions.AssignMe, "1700000001.000200", "U1");
        var activity = ClickActivity.Of(click, "Ada \"the\" Byron <é>")!;
        var told = JsonDocument.Parse(CallbackBody.Of(new GroupKey("acme", "billing-42"), click, activity, 7, Given.Now)).RootElement;

        var data = told.GetProperty("data");
        var actor = data.GetProperty("actor");
        var echo = new Activity(
            data.GetProperty("id").GetString()!, data.GetProperty("type").GetString()!,
            new Actor(actor.GetProperty("type").GetString()!, actor.GetProperty("id").GetString(), actor.GetProperty("name").GetString()), data.GetProperty("data").GetRawText());
        Assert.Equal(activity.Id, echo.Id);
        Assert.Equal(ContentHash.Of("billing-42", activity), ContentHash.Of(data.GetProperty("group").GetString()!, echo));
        Assert.Equal(("activity", "2026-11-23T12:00:00.000Z", 7), (told.GetProperty("type").GetString(), told.GetProperty("timestamp").GetString(), data.GetProperty("sequence").GetInt32()));
    }
}
