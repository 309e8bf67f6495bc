using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>Which answers of one status are shown as examples, by their names in <see cref="Examples"/>.</summary>
internal sealed record AnswerExamples(int Status, IReadOnlyList<string> Names);

/// <summary>Which problems an address answers with.</summary>
internal sealed record ProblemExamples(IReadOnlyList<ProblemKind> Kinds);

/// <summary>The body of a request, one or many a line.</summary>
internal sealed record RequestShape(Type Body, bool Lines);

/// <summary>The query of a request.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

/// <summary>What an address says of itself where it is mapped, so that the document cannot name other addresses than there are.</summary>
internal static class Description
{
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string tag, string summary, string description) =>
        route.WithName(name).WithTags(tag).WithSummary(summary).WithDescription(description);

    // Not Accepts<T>(): by that the router answers 415 itself, before the key was looked at.
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route) => route.WithMetadata(new RequestShape(typeof(T), Lines: false));

    public static RouteHandlerBuilder TakesLines<T>(this RouteHandlerBuilder route) => route.WithMetadata(new RequestShape(typeof(T), Lines: true));

    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder route, IReadOnlyList<string> names) => route.WithMetadata(new QueryNames(names));

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, int status, params string[] examples) =>
        route.Produces<T>(status, RequestReader.Json).WithMetadata(new AnswerExamples(status, examples));

    public static RouteHandlerBuilder AnswersLines<T>(this RouteHandlerBuilder route) =>
        route.Produces<T>(StatusCodes.Status200OK, RequestReader.JsonLines[0]).WithMetadata(new AnswerExamples(StatusCodes.Status200OK, ["lines"]));

    public static RouteHandlerBuilder AnswersEmpty(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (int status in statuses)
        {
            route.Produces(status);
        }

        return route;
    }

    /// <summary>These problems, and those that every address with a key has.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ProblemKind[] kinds) =>
        route.RefusesOnly([.. kinds.Prepend(ProblemKinds.Unauthenticated), ProblemKinds.Internal]);

    public static RouteHandlerBuilder RefusesOnly(this RouteHandlerBuilder route, params ProblemKind[] kinds)
    {
        foreach (int status in kinds.Select(kind => kind.Status).Distinct().Order())
        {
            route.Produces<Problem>(status, Problem.MediaType);
        }

        return route.WithMetadata(new ProblemExamples(kinds));
    }
}
