using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

public class OpenClMemoryTests
{
    [SkippableTheory]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(1001, 7)]
    [InlineData(65537, 4096)]
    [InlineData(300_001, 1)]
    public async Task Bytes_survive_every_way_of_copying(int length, int offset)
    {
        OpenClAccelerator device = OpenClTest.Open();
        byte[] values = [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + 3))];
        var results = new byte[length];
        using (MemoryBuffer<byte> first = device.Allocate<byte>(length + offset + 5), second = device.Allocate<byte>(length + offset + 5))
        {
            device.CopyToDevice<byte>(values, first.View.SubView(offset, length));
            device.Copy(first.View.SubView(offset, length), second.View.SubView(2, length));
            device.CopyToHost(second.View.SubView(2, length), results.AsSpan());
            Assert.Equal(values, results);

            Array.Reverse(values);
            await device.CopyToDeviceAsync<byte>(values, second.View.SubView(offset, length));
            Array.Clear(results);
            await device.CopyToHostAsync(second.View.SubView(offset, length), results.AsMemory());
            Assert.Equal(values, results);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public async Task Asynchronous_copies_keep_the_order_of_the_queue()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(1000))
        {
            var copies = new List<Task>();
            var results = new List<float[]>();
            for (int i = 1; i <= 20; i++)
            {
                results.Add(new float[1000]);
                copies.Add(device.CopyToDeviceAsync<float>(Enumerable.Repeat((float)i, 1000).ToArray(), buffer.View));
                device.Launch(TestKernels.Scale, (Index1D)1000, buffer.View, 2f);
                copies.Add(device.CopyToHostAsync(buffer.View, results[^1].AsMemory()));
            }

            // Pinned arrays must stay where they are whatever the collector does.
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            await Task.WhenAll(copies);
            for (int i = 1; i <= 20; i++)
            {
                Assert.All(results[i - 1], value => Assert.Equal(2f * i, value));
            }
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public async Task Copies_of_nothing_succeed_and_of_other_lengths_are_refused()
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(4))
        {
            ArrayView<float> empty = buffer.View.SubView(4, 0);
            device.CopyToDevice([], empty);
            device.CopyToHost(empty, []);
            device.Copy(empty, empty);
            device.Clear(empty);
            await device.CopyToDeviceAsync(ReadOnlyMemory<float>.Empty, empty);
            await device.CopyToHostAsync(empty, Memory<float>.Empty);
            Assert.Throws<ArgumentException>(() => device.CopyToDevice(new float[3], buffer.View));
            await Assert.ThrowsAsync<ArgumentException>(() => device.CopyToDeviceAsync<float>(new float[3], buffer.View));
            await Assert.ThrowsAsync<ArgumentException>(() => device.CopyToHostAsync(buffer.View, new float[5].AsMemory()));
        }

        OpenClTest.Close(device);
    }

    [SkippableTheory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 60)]
    [InlineData(60, 0)]
    [InlineData(0, 100)]
    public void Copies_may_overlap(int source, int destination)
    {
        OpenClAccelerator device = OpenClTest.Open();
        int[] values = [.. Enumerable.Range(0, 200)];
        using (MemoryBuffer<int> buffer = device.Allocate<int>(200))
        {
            buffer.CopyFrom(values);
            device.Copy(buffer.View.SubView(source, 100), buffer.View.SubView(destination, 100));
            Array.Copy(values, source, values, destination, 100);
            var results = new int[200];
            buffer.CopyTo(results);
            Assert.Equal(values, results);
        }

        OpenClTest.Close(device);
    }

    [SkippableTheory]
    [InlineData(0, 64)]
    [InlineData(1, 1)]
    [InlineData(3, 32)]
    [InlineData(4, 12)]
    [InlineData(8, 40)]
    [InlineData(16, 31)]
    public void Clearing_touches_nothing_else(int start, int length)
    {
        OpenClAccelerator device = OpenClTest.Open();
        using (MemoryBuffer<byte> buffer = device.Allocate<byte>(64))
        {
            buffer.CopyFrom(Enumerable.Repeat((byte)9, 64).ToArray());
            device.Clear(buffer.View.SubView(start, length));
            var values = new byte[64];
            buffer.CopyTo(values);
            Assert.Equal(Enumerable.Range(0, 64).Select(i => (byte)(i >= start && i < start + length ? 0 : 9)), values);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void A_block_larger_than_the_device_allows_is_refused_with_the_limit()
    {
        OpenClAccelerator device = OpenClTest.Open();
        long largest = device.Device.LargestAllocation;
        var error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(largest + 1));
        Assert.Equal(largest + 1, error.RequestedBytes);
        Assert.Equal(largest, error.AvailableBytes);
        Assert.Contains("in one block", error.Message, StringComparison.Ordinal);
        Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(1L << 60));
        using (MemoryBuffer<byte> small = device.Allocate<byte>(100))
        {
            small.Clear();
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void What_does_not_fit_beside_the_rest_is_refused_with_what_is_free()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        FoundDevice small = found with { Info = found.Info with { GlobalMemory = 1 << 20, LargestAllocation = 1 << 20 } };
        OpenClAccelerator device = OpenClAccelerator.Open(library, small, OpenClTest.Options, module: null);
        using (MemoryBuffer<byte> first = device.Allocate<byte>(600_000))
        {
            var error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>(600_000));
            Assert.Equal(600_000, error.RequestedBytes);
            Assert.InRange(error.AvailableBytes, 300_000, 500_000);
        }

        // What is kept for reuse makes room.
        device.Allocate<byte>(900_000).Dispose();
        device.Allocate<byte>(500_000).Dispose();
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void The_memory_limit_of_the_options_holds()
    {
        OpenClAccelerator device = OpenClTest.Open(OpenClTest.Options with { MemoryLimit = 1 << 20 });
        using (MemoryBuffer<byte> first = device.Allocate<byte>(1 << 19))
        {
            Assert.Contains("raise the memory limit", Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<byte>((1 << 19) + 1)).Message, StringComparison.Ordinal);
            Assert.Equal(1 << 19, device.Memory.BytesInUse);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Blocks_are_reused_and_given_back()
    {
        OpenClAccelerator device = OpenClTest.Open();
        int before = device.Session.Library.LiveObjects;
        for (int i = 0; i < 100; i++)
        {
            device.Allocate<float>(1000).Dispose();
        }

        Assert.Equal(before + 1, device.Session.Library.LiveObjects);
        device.Memory.Trim();
        Assert.Equal(before, device.Session.Library.LiveObjects);
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Views_of_freed_memory_are_refused()
    {
        OpenClAccelerator device = OpenClTest.Open();
        MemoryBuffer<float> buffer = device.Allocate<float>(10);
        ArrayView<float> stale = buffer.View;
        buffer.Dispose();
        device.Memory.Trim();
        Assert.Contains("after its memory was freed", Assert.Throws<ArgumentException>(() => device.Clear(stale)).Message, StringComparison.Ordinal);
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Use_after_dispose_is_refused_everywhere()
    {
        OpenClAccelerator device = OpenClTest.Open();
        MemoryBuffer<float> buffer = device.Allocate<float>(10);
        ArrayView<float> view = buffer.View;
        device.Launch(TestKernels.Scale, (Index1D)10, view, 2f);
        device.Dispose();
        device.Dispose();
        Assert.Equal(0, device.Session.Library.LiveObjects);
        Assert.Throws<ObjectDisposedException>(() => device.Allocate<float>(1));
        Assert.Throws<ObjectDisposedException>(() => device.Launch(TestKernels.Scale, (Index1D)10, view, 2f));
        Assert.Throws<ObjectDisposedException>(() => device.Synchronize());
        Assert.Throws<ObjectDisposedException>(() => device.Clear(view));
        Assert.Throws<ObjectDisposedException>(() => device.CopyToHost(view, new float[10]));
        Assert.Throws<ObjectDisposedException>(() => { _ = device.CopyToHostAsync(view, new float[10].AsMemory()); });
        buffer.Dispose();
    }

    [SkippableFact]
    public async Task Disposing_lets_copies_under_way_end()
    {
        OpenClAccelerator device = OpenClTest.Open();
        MemoryBuffer<float> buffer = device.Allocate<float>(100_000);
        device.Launch(TestKernels.Scale, (Index1D)100_000, buffer.View, 0f);
        var values = new float[100_000];
        Array.Fill(values, 1f);
        Task copy = device.CopyToHostAsync(buffer.View, values.AsMemory());
        device.Dispose();
        Assert.Equal(0, device.Session.Library.LiveObjects);
        await copy;
        Assert.DoesNotContain(1f, values);
    }

    [SkippableFact]
    public async Task Disposing_while_others_work_ends_their_work_with_a_clear_error()
    {
        OpenClAccelerator device = OpenClTest.Open();
        MemoryBuffer<float> buffer = device.Allocate<float>(100);
        ArrayView<float> view = buffer.View;
        device.Launch(TestKernels.Scale, (Index1D)100, view, 1f);
        using var started = new CountdownEvent(4);
        Task<Exception>[] workers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () => Record.Exception(Work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        started.Wait();
        device.Dispose();
        Exception[] ends = await Task.WhenAll(workers);
        Assert.All(ends, end => Assert.IsType<ObjectDisposedException>(end));
        Assert.Equal(0, device.Session.Library.LiveObjects);

        void Work()
        {
            started.Signal();
            while (true)
            {
                device.Launch(TestKernels.Scale, (Index1D)100, view, 1f);
                device.CopyToHost(view, new float[100]);
                device.Synchronize();
            }
        }
    }

    [SkippableFact]
    public void A_device_that_is_never_disposed_is_released_by_the_collector()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        Abandon(library, found);
        for (int i = 0; i < 20 && library.LiveObjects > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, library.LiveObjects);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Abandon(OpenClLibrary library, FoundDevice found)
        {
            OpenClAccelerator device = OpenClAccelerator.Open(library, found, OpenClTest.Options, new TestKernels());
            MemoryBuffer<float> buffer = device.Allocate<float>(10);
            device.Launch(TestKernels.Scale, (Index1D)10, buffer.View, 2f);
            device.Synchronize();
        }
    }
}
