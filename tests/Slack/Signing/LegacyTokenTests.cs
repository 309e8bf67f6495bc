using System.Text;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.Slack.Tests.Signing;

/// <summary>The old token is all that is read of a request before anybody has vouched for it.</summary>
public sealed class LegacyTokenTests
{
    [Theory]
    [InlineData("""{"token":"abc","type":"event_callback"}""", "abc")]
    [InlineData("""{"team":{"token":"inner"},"list":[{"token":"inner"}],"token":"abc","rest":""", "abc")]
    [InlineData(""" { "type" : "x" , "token" : "abc" , "broken """, "abc")]
    [InlineData("""{"token":"abc","token":"second"}""", "abc")]
    [InlineData("""{"team":{"token":"inner"}}""", null)]
    [InlineData("""[{"token":"abc"}]""", null)]
    [InlineData("""{"type":{"a":1,"token":"abc"}""", null)]
    [InlineData("""{"token":7}""", null)]
    [InlineData("""{"token":""}""", null)]
    [InlineData("""{"token":"a b"}""", null)]
    [InlineData("""{"token":"a\u0062c"}""", null)]
    [InlineData("""{"token":"abc""", null)]
    [InlineData("""{"Token":"abc"}""", null)]
    [InlineData("""{"a":tru,"token":"abc"}""", null)]
    [InlineData("token=abc", null)]
    [InlineData("", null)]
    public void It_is_the_objects_own_field_wherever_it_stands(string json, string? token)
    {
        Assert.Equal(token, LegacyTokenReader.InJson(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(token, LegacyTokenReader.InForm(Encoding.UTF8.GetBytes("a=%7B&payload=" + Uri.EscapeDataString(json) + "&b=1")));
        Assert.Equal(token, LegacyTokenReader.InForm(Encoding.UTF8.GetBytes("payload=" + System.Net.WebUtility.UrlEncode(json))));
    }

    [Theory]
    [InlineData("payload=%7B%22token%22%3A%22abc%22%7D&payload=%7B%22token%22%3A%22second%22%7D", "abc")]
    [InlineData("xpayload=%7B%22token%22%3A%22abc%22%7D", null)]
    [InlineData("payload=%7B%22token%22%3A%22a%ZZ", null)]
    [InlineData("payload=%7B%22token%22%3A%22abc%22%", "abc")]
    [InlineData("payload=", null)]
    [InlineData("&&&", null)]
    public void A_form_is_read_no_further_than_to_its_payload(string form, string? token) => Assert.Equal(token, LegacyTokenReader.InForm(Encoding.UTF8.GetBytes(form)));

    public static TheoryData<string, string> Floods => new()
    {
        { "{", "\"a\":1," },
        { "{\"a\":", "[" },
        { "{\"a\":[", "{\"b\":{\"c\":[]}}," },
        { "{\"a\":\"", "x" },
        { "{", "\"token\":{}," },
        { "", "&a=b" },
        { "", "%7B" },
        { "", " " },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public void Its_work_is_bounded_whatever_comes(string start, string repeated)
    {
        byte[] json = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, 4 * 1024 * 1024 / repeated.Length)));
        byte[] form = [.. "payload="u8, .. json];
        _ = (LegacyTokenReader.InJson(json), LegacyTokenReader.InForm(form));

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(LegacyTokenReader.InJson(json));
        Assert.Null(LegacyTokenReader.InForm(form));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600 * 1024);
    }
}
