using System.Reflection;
using ThreadGrains.Groups;

namespace ThreadGrains.Architecture.Tests;

/// <summary>Silos, gateways and callers of different versions talk to each other: names and ids are written down, not derived.</summary>
public sealed class MessagesBetweenProcesses
{
    private static readonly Assembly Interfaces = typeof(IIssueGroupGrain).Assembly;

    private static IEnumerable<Type> GrainInterfaces => Interfaces.GetExportedTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)));

    private static IEnumerable<Type> Serialized => Interfaces.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    [Fact]
    public void Whatever_a_grain_takes_or_gives_is_a_serialized_message_or_plain_data()
    {
        var ours = GrainInterfaces.SelectMany(grain => grain.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(Parts)
            .Where(type => type.Assembly == Interfaces)
            .ToHashSet();

        Assert.NotEmpty(ours);
        Assert.Empty(ours.Except(Serialized));
        Assert.Empty(Serialized.SelectMany(type => type.GetProperties()).SelectMany(property => Parts(property.PropertyType))
            .Where(type => type.Assembly == Interfaces).Except(Serialized));
    }

    [Fact]
    public void Every_message_grain_and_method_has_an_alias_of_its_own()
    {
        var named = Serialized.Concat(GrainInterfaces).ToDictionary(type => type, type => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias);

        Assert.All(named, pair => Assert.StartsWith("threadgrains.", pair.Value, StringComparison.Ordinal));
        Assert.Equal(named.Count, named.Values.Distinct().Count());
        Assert.All(GrainInterfaces, grain =>
        {
            var methods = grain.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()?.Alias).ToList();
            Assert.All(methods, Assert.NotNull);
            Assert.Equal(methods.Count, methods.Distinct().Count());
        });
    }

    [Fact]
    public void Every_stored_member_of_a_message_has_an_id_of_its_own()
    {
        foreach (var type in Serialized.Where(type => !type.IsEnum))
        {
            var stored = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(property => type.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null)
                .ToList();
            var ids = stored.Select(property => property.GetCustomAttribute<IdAttribute>()?.Id).ToList();

            // A case of a family may say all by being that case; the family itself says nothing.
            bool isOfFamily = type.IsAbstract || type.BaseType is { IsAbstract: true };
            Assert.True(stored.Count > 0 || isOfFamily, $"{type.Name} carries nothing");
            Assert.True(ids.TrueForAll(id => id is not null), $"{type.Name} has a member without [Id]");
            Assert.True(ids.Distinct().Count() == ids.Count, $"{type.Name} uses an id twice");
        }
    }

    [Fact]
    public void The_contract_that_the_build_compares_is_checked_in()
    {
        string contract = File.ReadAllText(Path.Combine(Repository.Root.FullName, "grain-interfaces", "OrleansContracts.txt"));

        Assert.All(GrainInterfaces, grain => Assert.Contains($" {grain.FullName} ", contract, StringComparison.Ordinal));
    }

    /// <summary>A type with the types inside it: a list's item, a task's result, a nullable's value.</summary>
    private static IEnumerable<Type> Parts(Type type) => type.IsArray
        ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [type];
}
