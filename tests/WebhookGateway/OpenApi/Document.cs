using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;
using ThreadGrains.WebhookGateway.Settings;
using ThreadGrains.WebhookGateway.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests.OpenApi;

public sealed partial class Document
{
    private static readonly Dictionary<Type, Func<JsonFields, object>> Parsers = new()
    {
        [typeof(AlertBody)] = AlertBody.Read,
        [typeof(ActivityBody)] = ActivityBody.Read,
        [typeof(ParentBody)] = ParentBody.Read,
        [typeof(ReplayBody)] = ReplayBody.Read,
        [typeof(ResolveBody)] = ResolveBody.Read,
        [typeof(PolicyBody)] = PolicyBody.Read,
        [typeof(RoutesBody)] = RoutesBody.Read,
        [typeof(InstallationBody)] = InstallationBody.Read,
    };

    [Fact]
    public async Task Every_address_is_in_the_document_with_its_answers_and_no_other()
    {
        await using var world = await World.Start();
        var document = (await world.Get("/openapi/v1.json")).Json;

        var mapped = world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>()?.ExcludeFromDescription != true)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}") ?? [])
            .Where(route => !route.Contains("/docs", StringComparison.Ordinal) && !route.Contains("/openapi/", StringComparison.Ordinal));
        var described = Operations(document).Select(operation => $"{operation.Method.ToUpperInvariant()} {operation.Path}");

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Equal(28, described.Count());
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_for_and_shows_every_body_by_example()
    {
        await using var world = await World.Start();
        var document = (await world.Get("/openapi/v1.json")).Json;

        foreach (var (path, method, operation) in Operations(document))
        {
            string where = $"{method} {path}";
            Assert.True(operation.TryGetProperty("summary", out _) && operation.TryGetProperty("description", out _) && operation.TryGetProperty("operationId", out _), where);
            if (operation.TryGetProperty("requestBody", out var request))
            {
                Assert.True(HasExamples(request), $"{where} has a request body without examples");
            }

            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                Assert.True(path.StartsWith("/slack", StringComparison.Ordinal) || HasExamples(response.Value), $"{where} {response.Name} has no examples");
            }

            Assert.Equal(path.StartsWith("/v1/", StringComparison.Ordinal), operation.TryGetProperty("security", out _));
        }
    }

    [Fact]
    public async Task Examples_of_problems_have_the_status_under_which_they_stand_and_all_kinds_are_shown()
    {
        await using var world = await World.Start();
        var shown = new HashSet<string>();
        foreach (var (path, method, operation) in Operations((await world.Get("/openapi/v1.json")).Json))
        {
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                if (response.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/problem+json", out var media))
                {
                    foreach (var example in media.GetProperty("examples").EnumerateObject())
                    {
                        Assert.Equal(response.Name, example.Value.GetProperty("value").GetProperty("status").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture));
                        shown.Add(example.Name);
                    }
                }
            }
        }

        // What the server says before it knows the address, and what stands in a batch's lines, belongs to no operation.
        Assert.Equal(
            ["headers_too_large", "method_not_allowed", "not_tried", "request_timeout"],
            ProblemKinds.All.Select(kind => kind.Reason).Except(shown).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_example_of_a_request_is_read_by_our_own_parser()
    {
        Assert.Equal(Parsers.Keys.OrderBy(type => type.Name), Examples.Requests.Keys.OrderBy(type => type.Name));
        foreach (var (type, examples) in Examples.Requests)
        {
            foreach (var (name, text) in examples)
            {
                var (value, problem) = RequestReader.Shape(Encoding.UTF8.GetBytes(text), Parsers[type]);
                Assert.True(problem is null, $"{name}: {problem?.Detail}");
                Assert.NotNull(value);
            }
        }
    }

    [Fact]
    public void Every_field_of_a_documented_body_is_known_to_the_parser()
    {
        foreach (var (type, parse) in Parsers)
        {
            string[] names = [.. type.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];
            string json = "{" + string.Join(",", names.Select(name => $"\"{name}\": [[]]")) + "}";

            var (_, problem) = RequestReader.Shape(Encoding.UTF8.GetBytes(json), parse);

            Assert.DoesNotContain(problem!.Errors!, error => error.Detail.Contains("not known", StringComparison.Ordinal));
            Assert.Equal(names.Order(StringComparer.Ordinal), problem.Errors!.Select(error => error.Field.Split('[')[0]).Distinct().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Fields_are_described_and_closed_sets_of_words_are_listed()
    {
        await using var world = await World.Start();
        var schemas = (await world.Get("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");

        var activity = schemas.GetProperty("ActivityBody").GetProperty("properties");
        Assert.StartsWith("Your id of the activity", activity.GetProperty("id").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["user", "system", "integration"],
            activity.GetProperty("actor").GetProperty("properties").GetProperty("type").GetProperty("enum").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("object", activity.GetProperty("data").GetProperty("type").GetString());
        Assert.Equal(["id", "group", "type", "actor"], schemas.GetProperty("ActivityBody").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task The_page_and_everything_that_it_loads_come_from_our_own_process()
    {
        await using var world = await World.Start();

        var page = await world.Get("/docs/");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.Status, page.MediaType));
        Assert.DoesNotMatch(@"(src|href)\s*=\s*""(https?:)?//", page.Body);
        Assert.Contains("connect-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        string[] scripts = [.. Script().Matches(page.Body).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(scripts);
        foreach (string script in scripts)
        {
            var answer = await world.Get(new Uri(new Uri(world.Address, "/docs/"), script).PathAndQuery);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal("text/javascript", answer.MediaType!.Replace("application", "text", StringComparison.Ordinal));
        }
    }

    private static bool HasExamples(JsonElement body) => body.TryGetProperty("content", out var content)
        && content.EnumerateObject().All(media => media.Value.TryGetProperty("examples", out var examples) && examples.EnumerateObject().Any());

    private static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name, operation.Value);

    [GeneratedRegex("""<script[^>]*\ssrc="([^"]+)""")]
    private static partial Regex Script();
}
