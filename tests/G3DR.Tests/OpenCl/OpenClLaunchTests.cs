using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

public class OpenClLaunchTests
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1025)]
    [InlineData(8197)]
    public void Every_item_runs_once(int length)
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(length + 2))
        {
            float[] values = [.. Enumerable.Range(0, length + 2).Select(i => (float)i)];
            buffer.CopyFrom(values);
            device.Launch(TestKernels.Scale, (Index1D)length, buffer.View.SubView(1, length), 3f);
            buffer.CopyTo(values);
            Assert.Equal(Enumerable.Range(0, length + 2).Select(i => i == 0 || i == length + 1 ? i : 3f * i), values);
        }

        OpenClTest.Close(device);
    }

    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(3, 200)]
    [InlineData(200, 3)]
    [InlineData(33, 65)]
    public void Two_axes_are_passed(int width, int height)
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<int> buffer = device.Allocate<int>(width * height))
        {
            buffer.Clear();
            device.Launch(TestKernels.Coordinates2D, new Index2D(width, height), buffer.View.As2D(width, height));
            var values = new int[width * height];
            buffer.CopyTo(values);
            Assert.Equal(Enumerable.Range(0, values.Length).Select(i => (1000 * (i / width)) + (i % width) + 1), values);
        }

        OpenClTest.Close(device);
    }

    [SkippableTheory]
    [InlineData(2, 3, 5)]
    [InlineData(65, 1, 7)]
    [InlineData(1, 9, 70)]
    public void Three_axes_are_passed(int width, int height, int depth)
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<int> buffer = device.Allocate<int>(width * height * depth))
        {
            buffer.Clear();
            device.Launch(TestKernels.Coordinates3D, new Index3D(width, height, depth), buffer.View.As3D(width, height, depth));
            var values = new int[width * height * depth];
            buffer.CopyTo(values);
            Assert.Equal(
                Enumerable.Range(0, values.Length).Select(i => (10000 * (i / width / height)) + (100 * (i / width % height)) + (i % width) + 1), values);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Every_kind_of_argument_arrives()
    {
        OpenClAccelerator device = OpenClTest.Open();
        Skip.If(!device.Device.HasFloat64, "The device lacks float64.");
        using (MemoryBuffer<double> buffer = device.Allocate<double>(9))
        {
            device.Launch(
                TestKernels.Describe, (Index1D)1, buffer.View, default(ArrayView<float>), true, Direction.Backward, (short)-7, 1UL << 40, 0.1, new Pair(-3, 2.5));
            var values = new double[9];
            buffer.CopyTo(values);
            Assert.Equal([1, 1, -7, 1UL << 40, 0.1, -3, 2.5, 0, 9], values);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Groups_share_memory_and_wait_for_each_other()
    {
        OpenClAccelerator device = OpenClTest.Open();
        const int groups = 37;
        using (MemoryBuffer<int> input = device.Allocate<int>(groups * 64), sums = device.Allocate<int>(groups))
        {
            int[] values = [.. Enumerable.Range(0, groups * 64)];
            input.CopyFrom(values);
            device.LaunchGroups(TestKernels.GroupSums, new Index3D(groups, 1, 1), input.View, sums.View);
            var results = new int[groups];
            sums.CopyTo(results);
            Assert.Equal(Enumerable.Range(0, groups).Select(g => values.Skip(g * 64).Take(64).Sum()), results);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Empty_launches_do_nothing_and_negative_ones_are_refused()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<int> buffer = device.Allocate<int>(64))
        {
            buffer.CopyFrom(Enumerable.Repeat(5, 64).ToArray());
            device.Launch(TestKernels.Coordinates2D, new Index2D(0, 7), buffer.View.As2D(8, 8));
            device.Launch(TestKernels.Coordinates2D, new Index2D(7, 0), buffer.View.As2D(8, 8));
            device.LaunchGroups(TestKernels.GroupSums, new Index3D(1, 0, 1), buffer.View, buffer.View);
            var values = new int[64];
            buffer.CopyTo(values);
            Assert.All(values, value => Assert.Equal(5, value));
            Assert.Throws<ArgumentOutOfRangeException>(() => device.Launch(TestKernels.Coordinates2D, new Index2D(-1, 3), buffer.View.As2D(8, 8)));
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                device.LaunchGroups(TestKernels.GroupSums, new Index3D(1, 1, -1), buffer.View, buffer.View));
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void An_error_in_the_text_shows_the_log_and_the_lines()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(4))
        {
            var error = Assert.Throws<OpenClException>(() => device.Launch(TestKernels.Broken, (Index1D)4, buffer.View));
            Assert.Contains("TestKernels.Broken", error.Message, StringComparison.Ordinal);
            Assert.Contains("undeclared_name", error.BuildLog, StringComparison.Ordinal);
            Assert.Contains(">   5     view[offset + x] = undeclared_name;", error.Message, StringComparison.Ordinal);
            Assert.Equal("CL_BUILD_PROGRAM_FAILURE", error.CodeName);

            // The device goes on working.
            device.Launch(TestKernels.Scale, (Index1D)4, buffer.View, 0f);
            device.Synchronize();
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Launches_of_many_rows_are_cut_where_drivers_need_it()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        FoundDevice narrow = found with { Info = found.Info with { MaxGroupSizes = [256, 1, 1] } };
        OpenClAccelerator device = OpenClAccelerator.Open(library, narrow, OpenClTest.Options, new TestKernels());
        const int rows = 65535 + 66000;
        using (MemoryBuffer<int> buffer = device.Allocate<int>(2 * rows))
        {
            buffer.Clear();
            device.Launch(TestKernels.Coordinates2D, new Index2D(2, rows), buffer.View.As2D(2, rows));
            var values = new int[2 * rows];
            buffer.CopyTo(values);
            Assert.Equal(Enumerable.Range(0, values.Length).Select(i => (1000 * (i / 2)) + (i % 2) + 1), values);
        }

        OpenClTest.Close(device);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1000, 65535, 65535)]
    [InlineData(1000, 262140, 1)]
    [InlineData(1000, 262141, 3)]
    [InlineData(int.MaxValue, 1, 70000)]
    [InlineData(7, int.MaxValue, 1)]
    public void The_parts_of_a_launch_make_up_the_whole(int x, int y, int z)
    {
        var group = new GroupShape(32, 4, 1);
        LaunchPart[] parts = [.. LaunchPart.Split(new(x, y, z), group)];
        Assert.All(parts, part =>
        {
            Assert.InRange(part.ItemsX, x, x + 31L);
            Assert.Equal(0, part.ItemsX % 32);
            Assert.Equal(0, part.ItemsY % 4);
            Assert.InRange(part.ItemsY / 4, 1, 65535);
            Assert.InRange(part.ItemsZ, 1, 65535);
        });
        long rows = (y + 3L) / 4 * 4;
        Assert.Equal(rows * z, parts.Sum(part => part.ItemsY * part.ItemsZ));
        Assert.Equal(parts.Length, parts.Select(part => (part.OffsetY, part.OffsetZ)).Distinct().Count());
        Assert.Equal(y <= 262140 && z <= 65535, parts.Length == 1);
    }

    [SkippableFact]
    public void Methods_that_are_no_kernels_are_refused()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(4))
        {
            Assert.Contains("it is a lambda", Refusal(() => device.Launch((Index1D i, ArrayView<float> v) => v[i] = 1, (Index1D)4, buffer.View)), StringComparison.Ordinal);
            Assert.Contains("not marked [Kernel]", Refusal(() => device.Launch(TestKernels.Unmarked, (Index1D)4, buffer.View)), StringComparison.Ordinal);
        }

        OpenClTest.Close(device);

        static string Refusal(Action launch) => Assert.Throws<NotSupportedException>(launch).Message;
    }

    [SkippableFact]
    public void What_the_device_cannot_run_says_what_it_lacks()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        FoundDevice weak = found with { Info = found.Info with { HasFloat64 = false, LocalMemory = 100 } };
        OpenClAccelerator device = OpenClAccelerator.Open(library, weak, OpenClTest.Options, new TestKernels());
        using (MemoryBuffer<double> doubles = device.Allocate<double>(9))
        using (MemoryBuffer<int> buffer = device.Allocate<int>(64))
        {
            Assert.Contains("float64, which the device lacks", Assert.Throws<NotSupportedException>(() => device.Launch(
                TestKernels.Describe, (Index1D)1, doubles.View, default(ArrayView<float>), true, Direction.Backward, (short)1, 1UL, 0.1, default(Pair))).Message, StringComparison.Ordinal);
            Assert.Contains("groups have 65536 x 1 x 1 items", Assert.Throws<NotSupportedException>(() =>
                device.LaunchGroups(TestKernels.HugeGroup, new Index3D(1, 1, 1), buffer.View)).Message, StringComparison.Ordinal);
            Assert.Contains("bytes of local memory, the device has 100", Assert.Throws<NotSupportedException>(() =>
                device.LaunchGroups(TestKernels.GroupSums, new Index3D(1, 1, 1), buffer.View, buffer.View)).Message, StringComparison.Ordinal);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Plain_and_group_kernels_are_told_apart()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(64))
        {
            // To the compiler the index of a plain kernel is an argument like any other.
            Assert.Contains("start it with Launch.", Assert.Throws<ArgumentException>(() =>
                device.LaunchGroups(TestKernels.Scale, new Index3D(1, 1, 1), (Index1D)4, buffer.View, 1f)).Message, StringComparison.Ordinal);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Views_of_other_memory_are_refused_and_both_devices_named()
    {
        OpenClAccelerator device = OpenClTest.Open(), other = OpenClTest.Open();
        using var cpu = Accelerator.Create("cpu", new() { Threads = 1 });
        using (MemoryBuffer<float> mine = device.Allocate<float>(4), foreign = other.Allocate<float>(4), host = cpu.Allocate<float>(4))
        {
            string message = Assert.Throws<ArgumentException>(() => device.Launch(TestKernels.Scale, (Index1D)4, host.View, 1f)).Message;
            Assert.Contains("memory of the host", message, StringComparison.Ordinal);
            Assert.Contains(device.Device.ToString(), message, StringComparison.Ordinal);
            Assert.Contains(other.Device.ToString(), Assert.Throws<ArgumentException>(() =>
                device.Launch(TestKernels.Scale, (Index1D)4, foreign.View, 1f)).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => device.Copy(mine.View, foreign.View));
            Assert.Throws<ArgumentException>(() => device.Copy(host.View, mine.View));
            Assert.Throws<ArgumentException>(() => device.CopyToHost(foreign.View, new float[4]));
            Assert.Throws<ArgumentException>(() => device.Clear(host.View));
            Assert.Throws<ArgumentException>(() => cpu.Copy(mine.View, host.View));
            Assert.Throws<InvalidOperationException>(() => mine.View[0]);
        }

        OpenClTest.Close(device);
        OpenClTest.Close(other);
    }

    [SkippableFact]
    public void Views_that_do_not_begin_at_an_element_are_refused()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<byte> bytes = device.Allocate<byte>(64))
        {
            Assert.Contains("byte 2", Assert.Throws<ArgumentException>(() =>
                device.Launch(TestKernels.Scale, (Index1D)4, bytes.View.SubView(2, 16).Cast<float>(), 1f)).Message, StringComparison.Ordinal);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Many_threads_build_a_kernel_once_and_do_not_mix_arguments()
    {
        var module = new TestKernels();
        OpenClAccelerator device = OpenClTest.Open(module: module);
        MemoryBuffer<float>[] buffers = [.. Enumerable.Range(0, 8).Select(_ => device.Allocate<float>(100))];
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            buffers[worker].CopyFrom(Enumerable.Repeat(1f, 100).ToArray());
            for (int i = 0; i < 10; i++)
            {
                device.Launch(TestKernels.Scale, (Index1D)100, buffers[worker].View, (float)worker);
            }
        });
        for (int worker = 0; worker < buffers.Length; worker++)
        {
            var values = new float[100];
            buffers[worker].CopyTo(values);
            Assert.All(values, value => Assert.Equal(MathF.Pow(worker, 10), value));
            buffers[worker].Dispose();
        }

        Assert.Equal(1, module.Lookups);
        Assert.Equal(1, device.Builder.BuiltFromSource);
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Group_shapes_keep_the_limits()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        foreach (OpenClDeviceType type in Enum.GetValues<OpenClDeviceType>())
        {
            foreach (long most in new long[] { 1, 3, 64, 100, 4096 })
            {
                OpenClDevice device = found.Info with { Type = type, MaxGroupSize = most, MaxGroupSizes = [most, 8, 2] };
                foreach (Index3D extent in new Index3D[] { new(1, 1, 1), new(5, 1000, 1), new(1000, 1000, 1000), new(int.MaxValue, 1, 1), new(1, 3, int.MaxValue) })
                {
                    GroupShape shape = GroupShape.Choose(device, limit: 50, dimensions: 3, extent);
                    Assert.InRange((long)shape.X * shape.Y * shape.Z, 1, Math.Min(most, 50));
                    Assert.InRange(shape.X, 1, Math.Max(1, Math.Min(most, 2L * extent.X)));
                    Assert.InRange(shape.Y, 1, 8);
                    Assert.InRange(shape.Z, 1, 2);
                }
            }
        }
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_000)]
    public void Rows_on_a_processor_have_one_group_whatever_their_length(int length)
    {
        _ = OpenClTest.Library(out FoundDevice found);
        OpenClDevice device = found.Info with { Type = OpenClDeviceType.Cpu, MaxGroupSize = 4096, MaxGroupSizes = [4096, 4096, 4096] };
        Assert.Equal(new GroupShape(256, 1, 1), GroupShape.Choose(device, limit: 4096, dimensions: 1, new(length, 1, 1)));
        Assert.Equal(new GroupShape(32, 1, 1), GroupShape.Choose(device, limit: 50, dimensions: 1, new(length, 1, 1)));
    }
}
