using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.Slack.Tests.Signing;

public sealed class SignatureTests
{
    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(SignatureCases.Now).AddMilliseconds(999));

    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var i = 0; i < SignatureCases.All.Count; i++)
            {
                data.Add(i, SignatureCases.All[i].Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_request_of_the_table_gets_its_verdict(int index, string name)
    {
        var request = SignatureCases.All[index];
        Assert.Equal(name, request.Name);

        var verdict = Verifier(SignatureCases.Secret).Verify(request.Body, request.Timestamps, request.Signatures);

        Assert.Equal(request.Ours, verdict.Refusal);
        Assert.Equal(request.Ours == SignatureRefusal.None, verdict.Accepted);
        Assert.Equal(verdict.Accepted, verdict.Digest is not null);
    }

    [Fact]
    public void The_table_has_every_refusal() =>
        Assert.Equal(Enum.GetValues<SignatureRefusal>(), SignatureCases.All.Select(request => request.Ours).Distinct().Order());

    [Fact]
    public void Every_refusal_has_the_name_that_is_logged() => Assert.Equal(
        ["accepted", "missing_header", "duplicate_header", "bad_timestamp", "stale", "future", "bad_signature_format", "mismatch"],
        Enum.GetValues<SignatureRefusal>().Select(refusal => new SignatureVerdict(refusal, TimeSpan.Zero, null).Reason));

    [Fact]
    public void Any_of_several_secrets_will_do_wherever_it_stands()
    {
        var signature = SignatureCases.Sign("1531420618", "x"u8.ToArray(), secret: "new");

        Assert.True(Verify(["new", "old"]).Accepted);
        Assert.True(Verify(["old", "new"]).Accepted);
        Assert.Equal(SignatureRefusal.Mismatch, Verify(["old", "older"]).Refusal);

        SignatureVerdict Verify(string[] secrets) => Verifier(secrets).Verify("x"u8, ["1531420618"], [signature]);
    }

    [Fact]
    public void A_blank_secret_stops_the_start()
    {
        Assert.Throws<ArgumentException>(() => Verifier());
        Assert.Throws<ArgumentException>(() => Verifier(""));
        Assert.Throws<ArgumentException>(() => Verifier("good", " "));
        Assert.Throws<ArgumentException>(() => new LegacyTokenVerifier(" "));
    }

    [Fact]
    public void The_skew_is_our_clock_minus_theirs()
    {
        var body = "x"u8.ToArray();
        Assert.Equal(TimeSpan.FromSeconds(10), Verifier(SignatureCases.Secret).Verify(body, ["1531420608"], [SignatureCases.Sign("1531420608", body)]).Skew);
        Assert.Equal(TimeSpan.FromSeconds(-1000), Verifier(SignatureCases.Secret).Verify(body, ["1531421618"], ["v0="]).Skew);
    }

    [Fact]
    public void A_body_in_pieces_is_one_body()
    {
        var first = new Piece(SignatureCases.PublishedBody.AsMemory(0, 7));
        var last = first.Append(SignatureCases.PublishedBody.AsMemory(7));
        var pieces = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);

        Assert.True(Verifier(SignatureCases.Secret).Verify(pieces, ["1531420618"], [SignatureCases.PublishedSignature]).Accepted);
    }

    [Fact]
    public void Equal_signatures_have_equal_digests_that_do_not_show_them()
    {
        var digest = Published().Digest!;

        Assert.Equal(digest, Published().Digest);
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.NotEqual(SignatureCases.PublishedSignature[3..], digest);
        Assert.NotEqual(digest, Verifier(SignatureCases.Secret).Verify("x"u8, ["1531420618"], [SignatureCases.Sign("1531420618", "x"u8.ToArray())]).Digest);

        static SignatureVerdict Published() =>
            Verifier(SignatureCases.Secret).Verify(SignatureCases.PublishedBody, ["1531420618"], [SignatureCases.PublishedSignature]);
    }

    [Theory]
    [InlineData("right", true)]
    [InlineData("Right", false)]
    [InlineData("right ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void The_legacy_token_is_compared_whole(string? token, bool accepted) =>
        Assert.Equal(accepted, new LegacyTokenVerifier("right").Verify(token));

    private static SlackSignatureVerifier Verifier(params string[] secrets) => new(secrets, Clock);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
