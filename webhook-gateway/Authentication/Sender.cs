using ThreadGrains.Groups;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>Who sent a request, after the key was checked. The organization comes from here and from nowhere else.</summary>
internal sealed record Sender(ApiKey Key, OrganizationAccess Access)
{
    public string Organization => Key.Organization;

    public GroupKey GroupKey(string group) => new(Organization, group);

    /// <summary>The same answer for a workspace of somebody else and for one that does not exist.</summary>
    /// <returns>Null: all of them are bound to the organization.</returns>
    public Problem? CheckWorkspaces(IEnumerable<(string Field, string Workspace)> named)
    {
        var foreign = named.Where(one => !Access.Workspaces.Contains(one.Workspace, StringComparer.Ordinal)).ToArray();
        return foreign.Length == 0
            ? null
            : Problem.Of(
                ProblemKinds.UnknownWorkspace,
                $"{foreign[0].Field}: {foreign[0].Workspace} is not connected to your organization. Install the app there, or name one of your workspaces.",
                foreign.Select(one => new Violation(one.Field, "is not a workspace of your organization")));
    }

    public static Sender Of(HttpContext http) => (Sender)http.Items[typeof(Sender)]!;
}
