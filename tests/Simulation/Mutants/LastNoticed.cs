namespace ThreadGrains.Simulation.Mutants;

/// <summary>
/// The seed that noticed each mutant last: tried first, since it most likely still does. A seed that has gone stale costs one run,
/// and then others are tried; whoever has the time writes down the new one, as the hunt prints it.
/// </summary>
internal static class LastNoticed
{
    public static int? By(string mutant) => Seeds.TryGetValue(mutant, out int seed) ? seed : null;

    /// <summary>Those that were noticed. The others were not in some hundreds of seeds: either the seed that meets them is rare, or another rule stands behind the missing one.</summary>
    public static IReadOnlyCollection<string> Names => Seeds.Keys;

    private static readonly Dictionary<string, int> Seeds = new()
    {
        ["no_claim"] = 47,
        ["claim_without_epoch"] = 47,
        ["two_in_flight"] = 24,
        ["order_by_due"] = 89,
        ["window_not_checked"] = 5,
        ["monotonic_clock_only"] = 344,
        ["window_from_answer"] = 91,
        ["read_back_once"] = 4,
        ["reads_without_gap"] = 4,
        ["foreign_row_taken_at_once"] = 1753,
        ["found_sending_sent_again"] = 10,
        ["first_page_only"] = 203,
        ["no_look_in_the_channel"] = 43,
        ["replay_out_of_doubt_without_reading"] = 1610,
        ["late_copy_not_looked_for"] = 107,
        ["retry_on_timeout"] = 1,
        ["internal_error_is_failure"] = 6,
        ["landing_not_checked"] = 20,
        ["result_by_thread_not_token"] = 31,
        ["root_skipped_when_dead"] = 17,
        ["cleanup_not_durable"] = 32,
        ["edit_not_repeated_after_doubt"] = 1,
        ["evidence_has_no_effect"] = 42,
        ["cleanup_does_not_wake"] = 73,
        ["doubt_does_not_wake"] = 8,
        ["dedupe_by_read"] = 3,
        ["turn_not_rolled_back"] = 24,
        ["receipt_before_commit"] = 8,
        ["recovery_skips_live_owners"] = 1,
    };
}
