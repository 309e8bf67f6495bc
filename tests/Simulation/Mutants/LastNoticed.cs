namespace ThreadGrains.Simulation.Mutants;

/// <summary>
/// The seed that noticed each mutant last: tried first, since it most likely still does. A seed that has gone stale costs one run,
/// and then others are tried; whoever has the time writes down the new one, as the hunt prints it.
/// </summary>
internal static class LastNoticed
{
    public static int? By(string mutant) => Seeds.TryGetValue(mutant, out int seed) ? seed : null;

    private static readonly Dictionary<string, int> Seeds = new()
    {
        ["no_claim"] = 35,
        ["claim_without_epoch"] = 8,
        ["two_in_flight"] = 60,
        ["window_from_answer"] = 91,
        ["reads_without_gap"] = 4,
        ["found_sending_sent_again"] = 10,
        ["first_page_only"] = 92,
        ["no_look_in_the_channel"] = 255,
        ["late_copy_not_looked_for"] = 50,
        ["retry_on_timeout"] = 1,
        ["internal_error_is_failure"] = 6,
        ["landing_not_checked"] = 20,
        ["edit_not_repeated_after_doubt"] = 1,
        ["receipt_before_commit"] = 8,
        ["recovery_skips_live_owners"] = 1,
        ["read_back_once"] = 4,
        ["foreign_row_taken_at_once"] = 73,
    };
}
