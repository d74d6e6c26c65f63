using G3DR.Compute;

namespace G3DR.Tests.Compute;

public class GroupEmulatorTests
{
    [Fact]
    public void Items_share_memory_and_wait_for_each_other()
    {
        using Accelerator device = Accelerator.Create("cpu", new() { Threads = 2 });
        using var x = device.Allocate<float>(3 * 8);
        using var sums = device.Allocate<float>(3);
        x.CopyFrom([.. Enumerable.Range(0, 24).Select(i => (float)i)]);
        device.LaunchGroups(SumGroup, new Index3D(3, 1, 1), x.View, sums.View);
        float[] actual = new float[3];
        sums.CopyTo(actual);
        Assert.Equal([28f, 92f, 156f], actual);
    }

    [Fact]
    public void Items_know_their_place_along_all_axes()
    {
        using Accelerator device = Accelerator.Create("cpu");
        using var seen = device.Allocate<int>(4 * 3 * 2 * 2);
        seen.Clear();
        device.LaunchGroups(MarkPlace, new Index3D(2, 3, 1), seen.View);
        int[] actual = new int[48];
        seen.CopyTo(actual);
        Assert.Equal(Enumerable.Range(1, 48), actual);
    }

    [Fact]
    public void Shared_memory_begins_undefined_in_every_group()
    {
        using Accelerator device = Accelerator.Create("cpu");
        using var first = device.Allocate<float>(2);
        device.LaunchGroups(ReadBeforeWrite, new Index3D(2, 1, 1), first.View);
        float[] actual = new float[2];
        first.CopyTo(actual);
        Assert.All(actual, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Barriers_that_a_part_of_the_group_reaches_are_an_error()
    {
        using Accelerator device = Accelerator.Create("cpu");
        using var x = device.Allocate<float>(1);
        Exception error = Assert.ThrowsAny<Exception>(() => device.LaunchGroups(HalfWaits, new Index3D(1, 1, 1), x.View));
        Assert.Contains("4 of 8 items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_of_one_item_ends_the_launch()
    {
        using Accelerator device = Accelerator.Create("cpu");
        using var x = device.Allocate<float>(1);
        Assert.Throws<IndexOutOfRangeException>(() => device.LaunchGroups(OneFails, new Index3D(1, 1, 1), x.View));
    }

    [Fact]
    public void Outside_of_a_group_kernel_group_functions_throw()
    {
        Assert.Throws<InvalidOperationException>(() => Group.IdxX);
        Assert.Throws<InvalidOperationException>(() => SharedMemory.Allocate<float>(3));
        using Accelerator device = Accelerator.Create("cpu");
        using var x = device.Allocate<float>(1);
        Assert.Throws<ArgumentException>(() => device.LaunchGroups(NotMarked, new Index3D(1, 1, 1), x.View));
    }

    [GroupKernel(8)]
    private static void SumGroup(ArrayView<float> x, ArrayView<float> sums)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(8);
        int i = Group.IdxX;
        shared[i] = x[(Grid.IdxX * Group.DimX) + i];
        for (int step = 4; step > 0; step /= 2)
        {
            Group.Barrier();
            if (i < step)
            {
                shared[i] += shared[i + step];
            }
        }

        if (i == 0)
        {
            sums[Grid.IdxX] = shared[0];
        }
    }

    [GroupKernel(2, 2, 2)]
    private static void MarkPlace(ArrayView<int> seen)
    {
        int item = (((Group.IdxZ * Group.DimY) + Group.IdxY) * Group.DimX) + Group.IdxX;
        int group = (((Grid.IdxZ * Grid.DimY) + Grid.IdxY) * Grid.DimX) + Grid.IdxX;
        int place = (group * Group.DimX * Group.DimY * Group.DimZ) + item;
        seen[place] = place + 1;
    }

    [GroupKernel(4)]
    private static void ReadBeforeWrite(ArrayView<float> first)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(4);
        if (Group.IdxX == 0)
        {
            first[Grid.IdxX] = shared[0];
        }

        shared[Group.IdxX] = 1f;
    }

    [GroupKernel(8)]
    private static void HalfWaits(ArrayView<float> x)
    {
        if (Group.IdxX < 4)
        {
            Group.Barrier();
        }
    }

    [GroupKernel(4)]
    private static void OneFails(ArrayView<float> x)
    {
        if (Group.IdxX == 3)
        {
            x[1] = 0f;
        }

        Group.Barrier();
    }

    private static void NotMarked(ArrayView<float> x) => x[0] = 0f;
}
