using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>One visit: every look in its order, what depends on a failed one left out with the reason.</summary>
internal sealed class Examination(DoctorSettings settings, DoctorOptions options, Action<Finding> tell, TimeProvider clock)
{
    private readonly List<Finding> _findings = [];

    public async Task<IReadOnlyList<Finding>> Run(CancellationToken cancellation)
    {
        var configuration = ConfigurationCheck.Of(settings).ToList();
        configuration.ForEach(Tell);
        if (configuration.Any(finding => finding is { What: "Slack's address", Verdict: Verdict.Fail }))
        {
            Tell(Finding.Skip("Slack", "its address is wrong"));
        }
        else
        {
            await LookAtSlack(new Uri(settings.SlackApi), cancellation);
        }

        await LookAtOurselves(cancellation);
        return _findings;
    }

    private async Task LookAtSlack(Uri api, CancellationToken cancellation)
    {
        using var slack = new SlackClient(new SlackClientOptions { ApiUrl = api }, clock);
        bool first = true;
        foreach (var (workspace, token) in Installations())
        {
            string name = ConfigurationCheck.IsWorkspace(workspace) ? workspace! : "the first workspace";
            if (!ConfigurationCheck.IsToken(token))
            {
                if (first)
                {
                    // Whether Slack is there, and its clock, any call tells; a refusal is all that is expected of this one.
                    LookAtConnection(await slack.Introduce(new SlackToken("none"), cancellation), api);
                    first = false;
                }

                Tell(Finding.Skip($"token of {name}", "it is malformed or missing"));
                continue;
            }

            await LookAtWorkspace(slack, api, name, new SlackToken(token!), first, cancellation);
            first = false;
        }
    }

    private IEnumerable<(string? Workspace, string? Token)> Installations() =>
        [(settings.Workspace, settings.BotToken), .. settings.Further.Select(further => ((string?)further.Workspace, (string?)further.BotToken))];

    private async Task LookAtWorkspace(SlackClient slack, Uri api, string workspace, SlackToken token, bool first, CancellationToken cancellation)
    {
        var answer = await slack.Introduce(token, cancellation);
        if (first)
        {
            LookAtConnection(answer, api);
        }

        ConnectionCheck.Token(answer, workspace, settings.AppId, api).ToList().ForEach(Tell);
        ConnectionCheck.Scopes(answer, workspace).ToList().ForEach(Tell);
        foreach (string channel in ChannelsOf(workspace))
        {
            if (answer.Outcome is not CallOutcome<SlackIdentity>.Ok)
            {
                Tell(Finding.Skip($"channel {channel}", "the token is not accepted"));
                Tell(Finding.Skip($"{TestPostCheck.Post} in {channel}", "the token is not accepted"));
            }
            else if (!ConfigurationCheck.IsChannel(channel))
            {
                Tell(Finding.Skip("channel", "its id is malformed"));
            }
            else
            {
                await LookAtChannel(slack, api, token, channel, answer.Headers.Scopes, cancellation);
            }
        }
    }

    private void LookAtConnection(FirstAnswer answer, Uri api)
    {
        Tell(ConnectionCheck.Reach(answer, api));
        Tell(ConnectionCheck.Clock(answer));
    }

    /// <summary>Those of the flags, else the configured one; without a workspace before it a channel is the first one's.</summary>
    private IEnumerable<string> ChannelsOf(string workspace)
    {
        bool isFirst = workspace == (settings.Workspace ?? "the first workspace") || !ConfigurationCheck.IsWorkspace(settings.Workspace);
        if (options.Channels.Count == 0)
        {
            return isFirst && settings.Channel is { } configured ? [configured] : [];
        }

        return options.Channels.Select(given => given.Split('/', 2))
            .Where(parts => parts.Length == 2 ? parts[0] == workspace : isFirst)
            .Select(parts => parts[^1]);
    }

    private async Task LookAtChannel(SlackClient slack, Uri api, SlackToken token, string channel, IReadOnlyList<string>? granted, CancellationToken cancellation)
    {
        var looked = await slack.GetChannel(token, channel, cancellation);
        var (finding, mayPost) = ChannelCheck.Of(looked, channel, granted, api);
        Tell(finding);
        string post = $"{TestPostCheck.Post} in {channel}";
        if (options.NoPost)
        {
            Tell(Finding.Skip(post, "--no-post"));
            return;
        }

        if (!mayPost)
        {
            Tell(Finding.Skip(post, "the channel is not open to the bot"));
            return;
        }

        if (granted?.Contains(SlackScope.Post) == false)
        {
            Tell(Finding.Skip(post, $"the scope {SlackScope.Post} is missing"));
            return;
        }

        bool isPrivate = looked is CallOutcome<SlackChannel>.Ok { Value.IsPrivate: true };
        bool mayRead = granted?.Contains(isPrivate ? SlackScope.ReadPrivate : SlackScope.ReadPublic) != false;
        var facts = await new TestPost(slack, token, channel, mayRead, clock).Run(cancellation);
        TestPostCheck.Of(facts, channel, api).ToList().ForEach(Tell);
    }

    private async Task LookAtOurselves(CancellationToken cancellation)
    {
        using var probe = new AddressProbe(clock);
        string? secret = settings.SigningSecret?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        var ready = AddressCheck.OfReady(await probe.Ready(settings.Url, cancellation), settings.Url, settings.Runs);
        Tell(ready);
        if (ready.Verdict == Verdict.Ok)
        {
            await LookAtAddress(probe, settings.Url, "product", secret, cancellation);
        }
        else
        {
            Tell(Finding.Skip($"{AddressCheck.Clicks} at the product", "it does not answer"));
        }

        var known = AddressCheck.OfPublic(settings.PublicUrl);
        if (known is not null)
        {
            Tell(known);
        }

        if (settings.PublicUrl is { } url && known?.Verdict != Verdict.Fail)
        {
            await LookAtAddress(probe, new Uri(url), AddressCheck.Public, secret, cancellation);
        }
    }

    private async Task LookAtAddress(AddressProbe probe, Uri address, string at, string? secret, CancellationToken cancellation)
    {
        var facts = await probe.Ask(address, secret, settings.Workspace, settings.AppId, cancellation);
        AddressCheck.Of(facts, address, at, settings.Url).ToList().ForEach(Tell);
    }

    private void Tell(Finding finding)
    {
        _findings.Add(finding);
        tell(finding);
    }
}
