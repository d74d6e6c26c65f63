using G3DR.Compute.Threading;

namespace G3DR.Tests.Compute;

public class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_shard_runs_once(int threads)
    {
        using var team = new ThreadTeam(threads);
        for (int shards = 0; shards < 40; shards++)
        {
            int[] counts = new int[shards];
            team.For(shards, shard => Interlocked.Increment(ref counts[shard]));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_goes_on()
    {
        using var team = new ThreadTeam(3);
        var error = Assert.Throws<InvalidOperationException>(() => team.For(100, shard =>
        {
            if (shard == 7)
            {
                throw new InvalidOperationException("seven");
            }
        }));
        Assert.Equal("seven", error.Message);
        int done = 0;
        team.For(10, _ => Interlocked.Increment(ref done));
        Assert.Equal(10, done);
    }

    [Fact]
    public void A_call_from_inside_runs_on_that_thread()
    {
        using var team = new ThreadTeam(3);
        int[] done = new int[8];
        team.For(8, outer =>
        {
            int thread = Environment.CurrentManagedThreadId;
            team.For(5, _ =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                done[outer]++;
            });
        });
        Assert.All(done, count => Assert.Equal(5, count));
    }

    [Fact]
    public void Callers_take_turns()
    {
        using var team = new ThreadTeam(2);
        long sum = 0;
        Parallel.For(0, 8, _ => team.For(50, shard => Interlocked.Add(ref sum, shard)));
        Assert.Equal(8 * 1225, sum);
    }

    [Fact]
    public void A_disposed_team_refuses_work()
    {
        var team = new ThreadTeam(2);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.For(2, _ => { }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(0));
    }
}
