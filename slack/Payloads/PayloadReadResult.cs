namespace ThreadGrains.Slack.Payloads;

/// <summary>What became of reading a body: a value, or a reason to answer 400.</summary>
/// <typeparam name="T">What the body holds.</typeparam>
public abstract record PayloadReadResult<T>
    where T : class
{
    private PayloadReadResult()
    {
    }

    /// <summary>It could be read.</summary>
    public sealed record Read(T Value) : PayloadReadResult<T>;

    /// <summary>
    /// It could not: <c>invalid_utf8</c>, <c>bad_form</c>, <c>too_many_fields</c>, <c>no_payload</c>, <c>duplicate_payload</c>,
    /// <c>bad_json</c> (too deep as well), <c>not_an_object</c>, <c>duplicate_type</c>, <c>no_type</c>, <c>no_actions</c>, <c>no_user</c>,
    /// <c>no_view</c>, <c>no_callback_id</c>, <c>no_action_id</c>, <c>no_command</c>, <c>duplicate_field</c>, <c>no_event</c>,
    /// <c>no_event_id</c>, <c>no_challenge</c>, <c>no_app_id</c>, <c>no_message</c>, <c>no_channel</c>.
    /// </summary>
    public sealed record Malformed(string Reason) : PayloadReadResult<T>;
}
