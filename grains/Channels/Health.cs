using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Channels;

/// <summary>Whether a channel or workspace can be posted to; kept in grain state, since no transaction depends on it.</summary>
[GenerateSerializer, Alias("threadgrains.Health")]
public sealed class Health
{
    /// <summary>The name under which grain state knows that of a workspace.</summary>
    public const string OfWorkspace = "workspace";

    /// <summary>What errors begin with that say that something answers which is not Slack; the HTTP status follows.</summary>
    public const string NotSlack = "not_slack:";

    /// <summary>
    /// Until Slack is asked who we are after something else answered for it: such a thing often is over at once, and the question
    /// costs nothing.
    /// </summary>
    private static readonly TimeSpan AskSlackAfter = TimeSpan.FromSeconds(5);

    /// <summary>Slack's error since which nothing is posted; null: all is well.</summary>
    [Id(0)]
    public string? Error { get; set; }

    /// <summary>When the error was met.</summary>
    [Id(1)]
    public DateTimeOffset? Since { get; set; }

    /// <summary>When it is tried again.</summary>
    [Id(2)]
    public DateTimeOffset? ProbeAt { get; set; }

    /// <summary>Probes that met the error again.</summary>
    [Id(3)]
    public int Probes { get; set; }

    /// <summary>The moment of the newest event of Slack's that was taken in.</summary>
    [Id(4)]
    public DateTimeOffset? ToldAt { get; set; }

    /// <summary>What Slack calls it, once told.</summary>
    [Id(5)]
    public string? Name { get; set; }

    /// <summary>
    /// The error that was lifted because Slack says who we are, while nothing was posted since. That says little of an error that
    /// other methods meet: if it comes again, the probes go on where they were.
    /// </summary>
    [Id(6)]
    public string? Lifted { get; set; }

    /// <summary>Where a scope is missing: what Slack says is needed.</summary>
    [Id(7)]
    public string? Needed { get; set; }

    /// <summary>Where a scope is missing: what the token has, as Slack says.</summary>
    [Id(8)]
    public string? Provided { get; set; }

    /// <summary>The moment of the newest thing that our own calls showed: that all is well, or an error. Kept with the next change only.</summary>
    [Id(9)]
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>Since when it has that name.</summary>
    [Id(10)]
    public DateTimeOffset? NamedAt { get; set; }

    /// <summary>How far our clock may be from Slack's: what we saw outdates only events that are older by more than this.</summary>
    public static TimeSpan ClocksApart { get; } = TimeSpan.FromMinutes(1);

    /// <summary>As others see it.</summary>
    public HealthView View() => new(Error, Since, ProbeAt, Name) { Needed = Error is null ? null : Needed, Provided = Error is null ? null : Provided };

    /// <summary>
    /// Slack told of it: an error that is met now, or null. Events come in any order: what is older than the newest known,
    /// whether Slack told it or our own calls showed it, changes nothing. Some are told by the second only, so that of the same
    /// moment the later arrival counts.
    /// </summary>
    /// <returns>Whether it was news.</returns>
    public bool Told(string? error, DateTimeOffset at, DateTimeOffset now, TimeSpan firstProbe)
    {
        if (at < ToldAt || at < SeenAt - ClocksApart)
        {
            return false;
        }

        ToldAt = at;
        if (error is not null)
        {
            Shut(error, now, firstProbe);
        }
        else
        {
            Recovered();
        }

        return true;
    }

    /// <summary>Our own call showed how it is: an older event says nothing of that any more.</summary>
    public void Seen(DateTimeOffset now) => SeenAt = now > SeenAt || SeenAt is null ? now : SeenAt;

    /// <summary>A new installation was proved: nothing that Slack told of the former one counts.</summary>
    public void Installed(DateTimeOffset now)
    {
        Recovered();
        ToldAt = SeenAt = now;
    }

    /// <summary>It is called so since the moment given. False: a newer name is known.</summary>
    public bool Named(string name, DateTimeOffset at)
    {
        if (at < NamedAt)
        {
            return false;
        }

        (Name, NamedAt) = (name, at);
        return true;
    }

    /// <summary>The error was met, for the first time or by a probe: the next probe is due later each time, up to thirty first pauses.</summary>
    public void Met(string error, DateTimeOffset now, TimeSpan firstProbe)
    {
        Shut(error, now, firstProbe);
        Seen(now);
    }

    private void Shut(string error, DateTimeOffset now, TimeSpan firstProbe)
    {
        if (Error is null)
        {
            Since = now;
            Probes = Lifted == error ? Probes : 0;
        }

        Error = error;
        ProbeAt = now + (firstProbe * Math.Min(30, Math.Pow(2, Probes++)));
    }

    /// <summary>A call met the error. Of several that were under way together the first one counts.</summary>
    /// <returns>Whether it was news.</returns>
    public bool MetByCall(string error, DateTimeOffset now, TimeSpan firstProbe)
    {
        if (Error is not null)
        {
            return false;
        }

        bool isNew = Lifted != error;
        Met(error, now, firstProbe);
        if (isNew && error.StartsWith(NotSlack, StringComparison.Ordinal))
        {
            Probes = 0;
            ProbeAt = now + (firstProbe < AskSlackAfter ? firstProbe : AskSlackAfter);
        }

        return true;
    }

    /// <summary>Slack says who we are: what waits is tried. Whether it goes is known after the next post.</summary>
    public void Lift()
    {
        Lifted = Error;
        Error = null;
        Since = null;
        ProbeAt = null;
    }

    /// <summary>All is well again.</summary>
    public void Recovered()
    {
        Lifted = null;
        Needed = null;
        Provided = null;
        Error = null;
        Since = null;
        ProbeAt = null;
        Probes = 0;
    }

    /// <summary>One probe goes now; another not before a first pause has passed.</summary>
    public bool TakeProbe(DateTimeOffset now, TimeSpan firstProbe)
    {
        if (ProbeAt is { } at && at > now)
        {
            return false;
        }

        ProbeAt = now + firstProbe;
        return true;
    }
}
