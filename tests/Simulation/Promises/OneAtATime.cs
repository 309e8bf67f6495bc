// Steps are timed by the processor's time of the whole process, and the planted build takes what cores there are.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
