using ThreadGrains.Grains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>What an owner to come must not miss is written under a new epoch, by an owner that goes on.</summary>
public sealed class Writing_under_a_new_epoch : IDisposable
{
    private readonly GroupOwnership _ownership = new("silo", () => { });
    private readonly List<(long Epoch, bool TakeOver)> _fences = [];

    public Writing_under_a_new_epoch() => _ownership.Loaded(Guid.Parse("019b0000-0000-7000-8000-000000000001"), 3);

    public void Dispose() => _ownership.Dispose();

    [Fact]
    public async Task The_next_write_names_the_new_epoch()
    {
        await Write();
        await Anew();
        await Write();

        Assert.Equal([(3, true), (4, true), (5, false)], _fences);
        Assert.False(_ownership.IsLost);
    }

    [Fact]
    public async Task Nothing_written_leaves_the_epoch_as_it_was()
    {
        await Write();
        await Anew(FenceVerdict.NothingWritten);
        await Write();

        Assert.Equal([(3, true), (4, true), (4, false)], _fences);
        Assert.False(_ownership.IsLost);
    }

    [Fact]
    public async Task What_is_to_be_written_meanwhile_waits_for_it()
    {
        await Write();
        var answer = new TaskCompletionSource<int>();
        var anew = _ownership.WriteAnew(
            fence =>
            {
                Note(fence);
                return answer.Task;
            },
            _ => FenceVerdict.Held);
        var write = Write();
        Assert.Equal([(3, true), (4, true)], _fences);

        answer.SetResult(0);
        await anew;
        await write;
        Assert.Equal([(3, true), (4, true), (5, false)], _fences);
    }

    [Fact]
    public async Task Not_to_know_whether_it_was_written_loses_the_group()
    {
        await Write();
        await Anew(FenceVerdict.Unknown);
        Assert.True(_ownership.IsLost);
    }

    private Task Write() => _ownership.Write(Note, _ => FenceVerdict.Held, CancellationToken.None);

    private Task Anew(FenceVerdict verdict = FenceVerdict.Held) => _ownership.WriteAnew(Note, _ => verdict);

    private Task<int> Note(Fence fence)
    {
        _fences.Add((fence.Epoch, fence.TakeOver));
        return Task.FromResult(0);
    }
}
