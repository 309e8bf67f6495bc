namespace ThreadGrains.Simulation.Scheduling;

/// <summary>Where the product's code of one activation runs, as on Orleans': one task at a time, in the order of their becoming ready.</summary>
internal sealed class ActivationScheduler(Simulator simulator, Node node) : TaskScheduler
{
    /// <summary>Runs work of the product's here.</summary>
    /// <param name="work">Begins it; what it awaits goes on here as well.</param>
    public void Begin(Func<Task> work) => new Task(() => _ = work()).Start(this);

    protected override void QueueTask(Task task) => simulator.Ready(node, () => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
