using ThreadGrains.Simulation.Traces;
using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>
/// The seed that noticed each mutant last: tried first, since it most likely still does. A seed that has gone stale costs one run,
/// and then others are tried; whoever has the time writes down the new one, as the hunt prints it.
/// </summary>
internal static class LastNoticed
{
    public static Plan? By(Mutant mutant) => Seeds.TryGetValue(mutant.Name, out int seed) ? new Plan(seed) { Weather = mutant.Weather }
        : Courses.TryGetValue(mutant.Name, out var course) ? Trace.Of(course.Rule)!.Under(course.Seed)
        : null;

    /// <summary>Those that were noticed; all of them, or the tests say which is missing.</summary>
    public static IReadOnlyCollection<string> Names => [.. Seeds.Keys, .. Courses.Keys];

    /// <summary>Those that no weather meets, but a course of events.</summary>
    private static readonly Dictionary<string, (string Rule, int Seed)> Courses = new()
    {
        ["wall_clock_only"] = ("wall_clock_only", 1),
        ["accept_unfenced"] = ("deadline_from_answer", 5),
        ["edit_repeated_at_once"] = ("edit_repeated_at_once", 1),
        ["named_copy_is_no_exception"] = ("named_copy_is_no_exception", 2),
        ["copy_to_go_is_no_parent"] = ("copy_to_go_is_no_parent", 2),
    };

    private static readonly Dictionary<string, int> Seeds = new()
    {
        ["no_claim"] = 7,
        ["claim_without_epoch"] = 7,
        ["two_in_flight"] = 69,
        ["order_by_due"] = 25,
        ["window_not_checked"] = 7,
        ["monotonic_clock_only"] = 1713,
        ["window_from_answer"] = 91,
        ["read_back_once"] = 4,
        ["reads_without_gap"] = 4,
        ["foreign_row_taken_at_once"] = 27,
        ["found_sending_sent_again"] = 7,
        ["first_page_only"] = 1623,
        ["no_look_in_the_channel"] = 4,
        ["replay_out_of_doubt_without_reading"] = 17,
        ["late_copy_not_looked_for"] = 8,
        ["retry_on_timeout"] = 1,
        ["not_slack_is_failure"] = 17,
        ["internal_error_is_failure"] = 6,
        ["landing_not_checked"] = 11,
        ["result_by_thread_not_token"] = 163,
        ["root_skipped_when_dead"] = 24,
        ["cleanup_not_durable"] = 4,
        ["edit_not_repeated_after_doubt"] = 25,
        ["evidence_has_no_effect"] = 42,
        ["cleanup_does_not_wake"] = 592,
        ["doubt_does_not_wake"] = 12,
        ["dedupe_by_read"] = 11,
        ["turn_not_rolled_back"] = 8,
        ["receipt_before_commit"] = 15,
        ["recovery_skips_live_owners"] = 3,
        ["recap_goes_at_once"] = 547,
        ["recap_of_what_waits_only"] = 23,
        ["repost_not_remembered"] = 7,
        ["reopened_not_remembered"] = 302,
        ["reopened_passed_by"] = 1598,
        ["late_read_believed"] = 52922,
        ["closing_ends_doubts"] = 4,
    };
}
