using System.Text;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.Workspaces;

/// <summary>Putting and removing the token of a workspace, and encrypting stored ones with another key.</summary>
public sealed class Connecting : IAsyncLifetime
{
    private const string Token = "xoxb-1-2-CANARY";

    private static readonly DateTimeOffset Morning = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private World _world = null!;

    private Script Script => _world.Script;

    private string Path => $"/v1/workspaces/{Script.Workspace}/installation";

    public async Task InitializeAsync() => _world = await World.Start();

    public async Task DisposeAsync()
    {
        Assert.DoesNotContain("CANARY", _world.Log.Text, StringComparison.Ordinal);
        await _world.DisposeAsync();
    }

    private Task<Answer> Put(string json, string? path = null) => _world.Send(HttpMethod.Put, path ?? Path, Encoding.UTF8.GetBytes(json));

    private void Answering(InstallationOutcome outcome, HealthView? health = null, string? detail = null) =>
        Script.Install = () => new InstallationReceipt(outcome, health, detail);

    [Fact]
    public async Task A_token_is_put_for_the_keys_own_organization_and_never_shown()
    {
        Answering(InstallationOutcome.Done, new HealthView(null, Installation: new InstallationView(InstallationSource.Stored, Morning, "api key 01234567", "A0APP", "2026-11")));
        var answer = await Put($$"""{"botToken": "{{Token}}"}""");
        Assert.Equal(
            $$$"""{"workspace":"{{{Script.Workspace}}}","installed":{"from":"stored","at":"2026-11-23T09:30:00+00:00","by":"api key 01234567","app":"A0APP","key":"2026-11"},"state":"ok"}""", answer.Body);

        var asked = Assert.Single(Script.Asked<InstallationRequest>("Install"));
        Assert.Equal((Script.Organization, Token), (asked.Organization, asked.BotToken));
        Assert.Equal($"api key {World.HashOf(_world.Key)[..8]}", asked.By);
    }

    [Fact]
    public async Task The_gateway_that_took_it_knows_the_workspace_at_once()
    {
        const string added = "T0ADDED";
        string alert = $$"""{"id":"a1","group":"g1","issue":{"title":"Boom"},"channels":[{"workspace":"{{added}}","channel":"C1"}]}""";
        (await _world.Post("/v1/alerts", alert)).Problem(422, "unknown_workspace");
        var access = await Script.Access();
        Script.Access = () => Task.FromResult(access with { Workspaces = [.. access.Workspaces, added] });
        (await _world.Post("/v1/alerts", alert)).Problem(422, "unknown_workspace");

        Answering(InstallationOutcome.Done);
        await Put($$"""{"botToken": "{{Token}}"}""");
        Assert.Equal(202, (int)(await _world.Post("/v1/alerts", alert)).Status);
    }

    [Theory]
    [InlineData("{}", "botToken")]
    [InlineData("""{"botToken": ""}""", "botToken")]
    [InlineData("""{"botToken": 7}""", "botToken")]
    [InlineData("""{"botToken": "xoxp-1-2-CANARY"}""", "botToken")]
    [InlineData("""{"botToken": "xoxb-CANARY with blanks"}""", "botToken")]
    [InlineData("""{"botToken": "xoxb-1-2-CANARY", "scopes": []}""", "scopes")]
    [InlineData("""["xoxb-1-2-CANARY"]""", "")]
    public async Task A_wrong_body_is_refused_naming_the_field_and_not_the_token(string json, string field)
    {
        var answer = await Put(json);
        answer.Invalid(field);
        Assert.DoesNotContain("CANARY", answer.Body, StringComparison.Ordinal);
        Assert.Empty(Script.Asked<InstallationRequest>("Install"));
    }

    [Fact]
    public async Task A_token_in_the_place_of_a_name_does_not_come_back()
    {
        var answer = await Put($$"""{"{{Token}}": "botToken"}""");
        answer.Problem(400, "invalid_request");
        Assert.DoesNotContain("CANARY", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("general")]
    [InlineData("C0123456789")]
    [InlineData("E0123456789")]
    [InlineData("t0123456789")]
    public async Task What_is_no_workspace_is_refused(string workspace)
    {
        string path = $"/v1/workspaces/{workspace}/installation";
        (await Put($$"""{"botToken": "{{Token}}"}""", path)).Invalid("workspace");
        (await _world.Send(HttpMethod.Delete, path)).Problem(404, "not_found");
        Assert.Empty(Script.Asked<InstallationRequest>("Install"));
    }

    [Theory]
    [InlineData(InstallationOutcome.NoKey, null, 409, "no_key", "ThreadGrains__Secrets__Keys__0__Key")]
    [InlineData(InstallationOutcome.Taken, null, 409, "workspace_taken", "another organization")]
    [InlineData(InstallationOutcome.TokenRefused, "account_inactive", 422, "token_refused", "account_inactive")]
    [InlineData(InstallationOutcome.OtherTeam, "T0OTHER", 422, "other_team", "T0OTHER")]
    [InlineData(InstallationOutcome.SlackSilent, null, 503, "unavailable", "Nothing was changed")]
    [InlineData(InstallationOutcome.Malformed, null, 400, "invalid_request", "xoxb-")]
    [InlineData(InstallationOutcome.NotFound, null, 404, "not_found", "no stored token")]
    public async Task What_becomes_of_it_is_told_with_what_to_mend(InstallationOutcome outcome, string? detail, int status, string reason, string told)
    {
        Answering(outcome, detail: detail);
        var answer = await Put($$"""{"botToken": "{{Token}}"}""");
        Assert.Contains(told, answer.Problem(status, reason).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_removed_by_its_own_organization()
    {
        Answering(InstallationOutcome.Done, new HealthView("not_installed"));
        var answer = await _world.Send(HttpMethod.Delete, Path);
        Assert.Equal("not_installed", answer.Json.GetProperty("error").GetString());
        Assert.False(answer.Json.TryGetProperty("installed", out _));
        Assert.Equal([Script.Organization], Script.Asked<string>("Uninstall"));
        Answering(InstallationOutcome.NotFound);
        (await _world.Send(HttpMethod.Delete, Path)).Problem(404, "not_found");
    }

    [Fact]
    public async Task Without_a_key_of_the_api_nothing_is_put_removed_or_rotated()
    {
        static void Nobody(HttpRequestMessage request) => request.Headers.Authorization = null;
        _world.Http.DefaultRequestHeaders.Authorization = null;
        (await _world.Send(HttpMethod.Put, Path, Encoding.UTF8.GetBytes($$"""{"botToken": "{{Token}}"}"""), change: Nobody)).Problem(401, "unauthenticated");
        (await _world.Send(HttpMethod.Delete, Path, change: Nobody)).Problem(401, "unauthenticated");
        (await _world.Send(HttpMethod.Post, "/v1/workspaces/rotate-keys", change: Nobody)).Problem(401, "unauthenticated");
        Assert.DoesNotContain(Script.Calls, call => call.Method is "Install" or "Uninstall");
    }

    [Fact]
    public async Task A_rotation_says_what_was_done_and_which_keys_are_still_needed()
    {
        Script.Rotation = new RotationReport("new", 3, 1, [new KeyUse("old", 2)], IsComplete: true);
        Assert.Equal(
            """{"key":"new","stored":3,"reencrypted":1,"remaining":[{"key":"old","stored":2}],"complete":true}""", (await _world.Send(HttpMethod.Post, "/v1/workspaces/rotate-keys")).Body);
        Script.Rotation = new RotationReport(null, 0, 0, [], IsComplete: false);
        (await _world.Send(HttpMethod.Post, "/v1/workspaces/rotate-keys")).Problem(409, "no_key");
    }
}
