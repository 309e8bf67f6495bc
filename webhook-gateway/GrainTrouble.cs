
namespace ThreadGrains.WebhookGateway;

/// <summary>What a call to a grain throws when no silo answers it: a silo is gone, draining, or too slow. The call may have been carried out.</summary>
internal static class GrainTrouble
{
    public static bool Is(Exception error) => error is TimeoutException or OrleansException or OperationCanceledException or ObjectDisposedException
        || error is InvalidOperationException { Source: "Orleans.Core" or "Orleans.Runtime" };
}
