using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Organizations;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo.Tests;

/// <summary>Whose row is whose, and what becomes of rows that a former version wrote under a number.</summary>
public abstract partial class GrainStateContract
{
    private const string Team = "E0123ABCDEF";

    /// <summary>Orleans' provider reads these as few numbers and GUIDs.</summary>
    private static readonly string[] Look_alikes =
    [
        "20235", "020235", "0000000000000000000000020235", "20235+x", "020235+x", "20235+", "x", "0+x", "00+x",
        "cafe", "0cafe", "CAFE", "00CAFE", "=cafe", "==cafe", "ffffffffffffffff", "0ffffffffffffffff", "FFFFFFFFFFFFFFFF",
        "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF", "01234567-89ab-cdef-0123-456789abcdef",
        "0123456789abcdef0123456789abcdef+x", "00123456789abcdef0123456789abcdef",
        "00000000000000000000000000000005", "500000000000000", "0500000000000000", "5", "05", "0", "00",
        "0123456789012345678901234567890123456789", "00123456789012345678901234567890123456789",
        "E01", "0E01", "e01", "T01/C02", "0/C02", "00/C02",
    ];

    /// <summary>Every state that a grain of the product keeps.</summary>
    private static IEnumerable<(Type Grain, PersistentStateAttribute Kept, Type State)> Kept =>
        from grain in typeof(OrganizationState).Assembly.GetTypes()
        where grain.IsAssignableTo(typeof(IGrainBase)) && !grain.IsAbstract
        from constructor in grain.GetConstructors()
        from parameter in constructor.GetParameters()
        let kept = parameter.GetCustomAttribute<PersistentStateAttribute>()
        where kept is not null
        select (grain, kept, parameter.ParameterType.GetGenericArguments()[0]);

    public static TheoryData<string> KeptStates => [.. Kept.Select(state => $"{state.Grain.Name}: {state.Kept.StateName}")];

    [Fact]
    public void Every_grain_that_keeps_something_says_so_in_its_constructor()
    {
        Assert.True(Kept.Count() >= 4, "the constructors of grains were not understood");
        Assert.DoesNotContain(
            typeof(OrganizationState).Assembly.GetTypes(),
            type => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(Grain<>));
    }

    [Theory]
    [MemberData(nameof(KeptStates))]
    public async Task Two_grains_never_share_a_row_however_alike_their_keys_look(string state)
    {
        var (grain, kept, type) = Kept.Single(one => $"{one.Grain.Name}: {one.Kept.StateName}" == state);
        await using var silo = await StartSilo(new SiloUnderTest(Organization: "20235"));
        var grainType = grain.GetCustomAttribute<GrainTypeAttribute>()!.GetGrainType(null!, grain);

        await (Task)typeof(GrainStateContract).GetMethod(nameof(EachHasItsOwn), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [silo.StorageNamed(kept.StorageName), kept.StateName, grainType])!;

        Assert.Equal($"{Look_alikes.Length}", await Scalar("select count(*) from grain_state"));
        Assert.Equal("0", await Scalar("select count(*) from grain_state where key_0 <> 0 or key_1 <> 0 or key_text = ''"));
    }

    [Fact]
    public async Task What_a_former_version_kept_under_a_number_is_found_and_moved_once()
    {
        bool isWritten = false;
        await using var silo = await StartSilo(new SiloUnderTest(Organization: "020235", SilosAgree: () => Volatile.Read(ref isWritten)));
        await Former(silo, OrganizationState.Name, "020235", Settings("of 020235"));
        await Former(silo, OrganizationState.Name, "020235", Settings("of 020235, later"));
        await Former(silo, Health.OfWorkspace, Team, new Health { Name = "Acme" });
        await Former(silo, InstallationState.Name, Team, Installation("020235"));
        Volatile.Write(ref isWritten, true);

        for (int look = 0; look < 2; look++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Read<OrganizationState>(silo, OrganizationState.Name, "020235")));
            var settings = await Read<OrganizationState>(silo, OrganizationState.Name, "020235");
            Assert.Equal(("of 020235, later", "2"), (Assert.Single(settings.State!.Routes).Name, settings.ETag));
            Assert.Equal("Acme", (await Read<Health>(silo, Health.OfWorkspace, Team)).State!.Name);
            Assert.Equal("020235", (await Read<InstallationState>(silo, InstallationState.Name, Team)).State!.Organization);
            Assert.Equal("3", await Scalar("select count(*) from grain_state where key_text in ('=020235', '=E0123ABCDEF') and key_0 = 0 and key_1 = 0"));
            Assert.Equal("3", await Scalar("select count(*) from grain_state"));
        }

        var next = await Read<OrganizationState>(silo, OrganizationState.Name, "020235");
        next.State!.Routes = [];
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("020235"), next);
        Assert.Equal("3", (await Read<OrganizationState>(silo, OrganizationState.Name, "020235")).ETag);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("ffffffffffffffff")]
    [InlineData("0")]
    public async Task An_organization_is_found_under_whatever_number_its_name_was_read_as(string organization)
    {
        await using var silo = await StartSilo(new SiloUnderTest(Organization: organization));
        await Former(silo, OrganizationState.Name, organization, Settings("here"));

        Assert.Equal("here", Assert.Single((await Read<OrganizationState>(silo, OrganizationState.Name, organization)).State!.Routes).Name);
        Assert.Equal("0", await Scalar("select count(*) from grain_state where key_text = ''"));
    }

    [Fact]
    public async Task Only_the_configured_organization_finds_what_a_former_version_kept_under_its_number()
    {
        await using (var silo = await StartSilo(new SiloUnderTest(Organization: "20235")))
        {
            await Former(silo, OrganizationState.Name, "20235", Settings("of 20235"));
            // Whoever makes up an API key makes this grain read.
            Assert.False((await Read<OrganizationState>(silo, OrganizationState.Name, "020235")).RecordExists);
            Assert.True((await Read<OrganizationState>(silo, OrganizationState.Name, "20235")).RecordExists);
        }

        await using (var silo = await StartSilo(new SiloUnderTest(Organization: "020235")))
        {
            var other = await Read<OrganizationState>(silo, OrganizationState.Name, "020235");
            Assert.False(other.RecordExists);
            other.State = Settings("of 020235");
            await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("020235"), other);
        }

        await using var again = await StartSilo(new SiloUnderTest(Organization: "20235"));
        Assert.Equal("of 20235", Assert.Single((await Read<OrganizationState>(again, OrganizationState.Name, "20235")).State!.Routes).Name);
    }

    [Fact]
    public async Task Of_a_row_that_two_organizations_wrote_each_gets_its_workspaces_and_nobody_the_rest()
    {
        var shared = Settings("of one of them");
        shared.Workspaces = ["T0MINE", "T0OTHER", "T0GONE"];
        bool isWritten = false;
        await using (var silo = await StartSilo(new SiloUnderTest(Organization: "cafe", SilosAgree: () => Volatile.Read(ref isWritten))))
        {
            await Former(silo, OrganizationState.Name, "cafe", shared);
            await Former(silo, InstallationState.Name, "T0MINE", Installation("cafe"));
            await Former(silo, InstallationState.Name, "T0OTHER", Installation("0cafe"));
            Volatile.Write(ref isWritten, true);

            // Several at once, as an activation and the look of each silo's start may come together.
            var readers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Read<OrganizationState>(silo, OrganizationState.Name, "cafe")));
            Assert.All(readers, reader => Assert.Equal("1", reader.ETag));
            var mine = readers[0];
            Assert.Equal(["T0MINE"], mine.State!.Workspaces);
            Assert.Equal((null, 0), (mine.State.Policy, mine.State.Routes.Count));
            mine.State.Routes = Settings("new").Routes;
            await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("cafe"), mine);
            Assert.Equal("new", Assert.Single((await Read<OrganizationState>(silo, OrganizationState.Name, "cafe")).State!.Routes).Name);
        }

        await using var later = await StartSilo(new SiloUnderTest(Organization: "0cafe"));
        var other = await Read<OrganizationState>(later, OrganizationState.Name, "0cafe");
        Assert.Equal(["T0OTHER"], other.State!.Workspaces);
        Assert.Equal((null, 0), (other.State.Policy, other.State.Routes.Count));
    }

    [Fact]
    public async Task While_a_silo_of_a_former_version_is_there_both_read_what_the_other_wrote()
    {
        bool agree = false;
        await using var silo = await StartSilo(new SiloUnderTest(Organization: "20235", SilosAgree: () => agree));

        // The first write is the present version's.
        var mine = await Read<OrganizationState>(silo, OrganizationState.Name, "20235");
        mine.State = Settings("first");
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine);
        var theirs = await ReadFormer<OrganizationState>(silo, OrganizationState.Name, "20235");
        Assert.Equal("first", Assert.Single(theirs.State!.Routes).Name);

        theirs.State = Settings("second");
        await silo.Rows.WriteStateAsync(OrganizationState.Name, Id("20235"), theirs);
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine));
        mine = await Read<OrganizationState>(silo, OrganizationState.Name, "20235");
        Assert.Equal("second", Assert.Single(mine.State!.Routes).Name);

        mine.State = Settings("third");
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine);
        mine.State = Settings("fourth");
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine);
        theirs = await ReadFormer<OrganizationState>(silo, OrganizationState.Name, "20235");
        Assert.Equal(("fourth", "4"), (Assert.Single(theirs.State!.Routes).Name, theirs.ETag));

        // The last of them is gone: whoever read it before goes on where it stands now.
        agree = true;
        mine.State = Settings("fifth");
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine);
        Assert.Equal("0", await Scalar("select count(*) from grain_state where key_text = ''"));
        mine.State = Settings("sixth");
        await silo.Storage.WriteStateAsync(OrganizationState.Name, Id("20235"), mine);
        var read = await Read<OrganizationState>(silo, OrganizationState.Name, "20235");
        Assert.Equal(("sixth", "6"), (Assert.Single(read.State!.Routes).Name, read.ETag));

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Rows.WriteStateAsync(OrganizationState.Name, Id("20235"), theirs));
        Assert.Equal("1", await Scalar("select count(*) from grain_state"));
    }

    [Fact]
    public async Task What_was_read_before_others_moved_and_wrote_it_overwrites_nothing()
    {
        bool agree = false;
        await using var silo = await StartSilo(new SiloUnderTest(SilosAgree: () => agree));
        await Former(silo, Health.OfWorkspace, Team, new Health { Name = "former" });
        var stale = await Read<Health>(silo, Health.OfWorkspace, Team);

        agree = true;
        var next = await Read<Health>(silo, Health.OfWorkspace, Team);
        next.State!.Name = "next";
        await silo.Storage.WriteStateAsync(Health.OfWorkspace, Id(Team), next);

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync(Health.OfWorkspace, Id(Team), stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.ClearStateAsync(Health.OfWorkspace, Id(Team), stale));
        Assert.Equal("next", (await Read<Health>(silo, Health.OfWorkspace, Team)).State!.Name);
    }

    [Fact]
    public async Task An_organizations_row_is_moved_without_being_asked_for_once_all_silos_agree()
    {
        bool agree = false;
        await using var silo = await StartSilo(new SiloUnderTest(Organization: "20235", SilosAgree: () => Volatile.Read(ref agree)));
        await Former(silo, OrganizationState.Name, "20235", Settings("former"));

        Volatile.Write(ref agree, true);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Scalar("select count(*) from grain_state where key_text = '=20235'") != "1")
        {
            await Task.Delay(50, patience.Token);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_stands_under_a_number_can_be_cleared_and_put_again(bool deleteOnClear, bool agree)
    {
        await using var silo = await StartSilo(new SiloUnderTest(deleteOnClear, SilosAgree: () => agree));
        await Former(silo, InstallationState.Name, Team, Installation("acme"));
        var installation = new GrainState<InstallationState>();

        await silo.Storage.ClearStateAsync(InstallationState.Name, Id(Team), installation);
        Assert.False((await Read<InstallationState>(silo, InstallationState.Name, Team)).RecordExists);
        Assert.Empty(await Installations.After(null, 16, CancellationToken.None));

        installation.State = Installation("other");
        await silo.Storage.WriteStateAsync(InstallationState.Name, Id(Team), installation);
        Assert.Equal("other", (await Read<InstallationState>(silo, InstallationState.Name, Team)).State!.Organization);
        Assert.Equal("1", await Scalar("select count(*) from grain_state"));
    }

    [Fact]
    public async Task A_token_that_a_former_version_kept_under_a_number_still_opens()
    {
        var keys = new SecretsOptions();
        keys.Keys.Add(new SecretKeyOptions { Id = "one", Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenCipher.KeyBytes)) });
        var cipher = new TokenCipher(Options.Create(keys));
        await using var silo = await StartSilo();
        await Former(silo, InstallationState.Name, Team, new InstallationState { Organization = "cafe", Token = cipher.Seal(new TokenPlace(Team, "cafe"), "xoxb-1-2-kept") });

        var found = (await Read<InstallationState>(silo, InstallationState.Name, Team)).State!;

        Assert.Equal(new OpenedToken.Readable(new("xoxb-1-2-kept")), cipher.Open(new TokenPlace(Team, found.Organization), found.Token!));
    }

    [Fact]
    public async Task Installations_under_a_number_are_listed_before_and_after_they_are_moved_and_once()
    {
        await using var silo = await StartSilo();
        string[] teams = ["E0AAAAAAAAA", "E0BBBBBBBBB", "E0CCCCCCCCC", "E0123456789ABCDEF0123456789ABCDE", "EX0", "T0A"];
        foreach (string team in teams)
        {
            await Former(silo, InstallationState.Name, team, Installation("acme"));
        }

        // As the exchange of a key does it: each page's grains read, and so move, their rows before the next page is asked for.
        var seen = new List<string>();
        for (var page = await Installations.After(null, 2, CancellationToken.None); page.Count > 0; page = await Installations.After(seen[^1], 2, CancellationToken.None))
        {
            seen.AddRange(page);
            await Read<InstallationState>(silo, InstallationState.Name, page[0]);
        }

        Assert.Equal(teams.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal("2", await Scalar("select count(*) from grain_state where key_text = ''"));
        Assert.Equal(seen, await Installations.After(null, 16, CancellationToken.None));
    }

    private static async Task EachHasItsOwn<T>(IGrainStorage storage, string stateName, GrainType grainType)
        where T : new()
    {
        foreach (string key in Look_alikes)
        {
            var state = new GrainState<T>();
            await storage.ReadStateAsync(stateName, GrainId.Create(grainType, IdSpan.Create(key)), state);
            Assert.False(state.RecordExists, $"{key} found what another one wrote");
            state.State = new T();
            await storage.WriteStateAsync(stateName, GrainId.Create(grainType, IdSpan.Create(key)), state);
        }

        foreach (string key in Look_alikes)
        {
            var state = new GrainState<T>();
            await storage.ReadStateAsync(stateName, GrainId.Create(grainType, IdSpan.Create(key)), state);
            Assert.Equal((key, true, "1"), (key, state.RecordExists, state.ETag));
        }
    }

    /// <summary>Writes a state as a former version did: by Orleans' provider alone, under the grain's own key.</summary>
    private static async Task Former<T>(RunningSilo silo, string stateName, string key, T state)
    {
        var row = await ReadFormer<T>(silo, stateName, key);
        row.State = state;
        await silo.Rows.WriteStateAsync(stateName, Id(key), row);
    }

    private static async Task<GrainState<T>> ReadFormer<T>(RunningSilo silo, string stateName, string key)
    {
        var row = new GrainState<T>();
        await silo.Rows.ReadStateAsync(stateName, Id(key), row);
        return row;
    }

    private static async Task<GrainState<T>> Read<T>(RunningSilo silo, string stateName, string key)
    {
        var state = new GrainState<T>();
        await silo.Storage.ReadStateAsync(stateName, Id(key), state);
        return state;
    }

    private static GrainId Id(string key) => GrainId.Create(GrainType.Create("any"), IdSpan.Create(key));

    private static OrganizationState Settings(string route) => new() { Routes = [new AlertRoute(route, [new("T0123456789", "C0123456789")])], Policy = PostingPolicy.Default };

    private static InstallationState Installation(string organization) => new() { Organization = organization, Token = new SealedToken("one", [1], [2], [3]), By = "api key 1" };
}
