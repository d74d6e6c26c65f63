using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;
using G3DR.Tests.Support;

namespace G3DR.Tests.OpenCl;

public class OpenClAcceleratorTests
{
    [SkippableFact]
    public void Devices_are_opened_by_name()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        using Accelerator named = Accelerator.Create(found.Info.Name, OpenClTest.Options);
        Assert.Equal(found.Info.Name, named.Name);
        Assert.Equal(found.Info, Assert.IsType<OpenClAccelerator>(named).Device with { MaxGroupSizes = found.Info.MaxGroupSizes });
        using Accelerator first = Accelerator.Create("opencl", OpenClTest.Options);
        Assert.Equal("opencl:0", first.Name);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("opencl:")]
    [InlineData("opencl:99")]
    [InlineData("opencl:-1")]
    [InlineData("opencl:0x")]
    [InlineData("")]
    public void Unknown_names_are_answered_with_the_known_ones(string name)
    {
        string message = Assert.Throws<ArgumentException>(() => Accelerator.Create(name)).Message;
        Assert.Contains($"There is no device '{name}'; known devices are auto, cpu", message, StringComparison.Ordinal);
        Assert.All(OpenClDevices.List(out string? reason), device => Assert.Contains(device.ToString(), message, StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Auto_takes_only_graphics_processors_that_lack_nothing()
    {
        using Accelerator device = Accelerator.CreateDefault(OpenClTest.Options with { Threads = 1 });
        OpenClDevice? best = OpenClDevices.List(out _).FirstOrDefault(candidate => candidate.Type == OpenClDeviceType.Gpu && candidate.Missing.Count == 0);
        Assert.Equal(best?.Name ?? "cpu", device.Name);
    }

    [SkippableFact]
    public void A_device_that_lacks_what_all_kernels_need_is_refused_with_a_list()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        FoundDevice mute = found with { Info = found.Info with { HasCompiler = false } };
        Assert.Contains("lacks: a compiler", Assert.Throws<NotSupportedException>(() =>
            OpenClAccelerator.Open(library, mute, OpenClTest.Options, module: null)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Options_that_make_no_sense_leave_nothing_behind()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found);
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenClAccelerator.Open(library, found, OpenClTest.Options with { MemoryLimit = 0 }, module: null));
        Assert.Equal(0, library.LiveObjects);
    }

    [SkippableFact]
    public void Built_programs_are_kept_between_processes()
    {
        using var folder = new TemporaryFolder();
        AcceleratorOptions options = new() { CacheFolder = folder.Path };
        Assert.Equal((1, 0, 1), RunWith(options));
        Assert.Equal((0, 1, 0), RunWith(options));
    }

    [SkippableFact]
    public void Devices_that_build_the_same_kernel_at_a_time_share_one_folder()
    {
        // Here, so that the test is skipped where there is no device: from within the loop the reason would not come through.
        _ = OpenClTest.Library(out _);
        using var folder = new TemporaryFolder();
        AcceleratorOptions options = new() { CacheFolder = folder.Path };
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            (int built, int hits, int written) = RunWith(options);
            Assert.Equal(1, built + hits);
            Assert.Equal(built, written);
        });
        Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Equal((0, 1, 0), RunWith(options));
    }

    [SkippableFact]
    public void A_damaged_or_refused_binary_is_built_again_and_replaced()
    {
        using var folder = new TemporaryFolder();
        AcceleratorOptions options = new() { CacheFolder = folder.Path };
        Assert.Equal((1, 0, 1), RunWith(options));
        string file = Assert.Single(Directory.GetFiles(folder.Path));

        byte[] good = File.ReadAllBytes(file);
        File.WriteAllBytes(file, good[..(good.Length / 2)]);
        Assert.Equal((1, 0, 1), RunWith(options));

        // A whole file, whose content the driver does not know.
        byte[] key = Convert.FromHexString(Path.GetFileNameWithoutExtension(file));
        new ProgramCache(folder.Path).Write(key, "This is no program."u8);
        Assert.Equal((1, 0, 1), RunWith(options));
        Assert.Equal((0, 1, 0), RunWith(options));
    }

    [SkippableFact]
    public void A_cache_folder_that_cannot_be_written_is_only_reported()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("file");
        File.WriteAllText(file, "in the way");
        OpenClAccelerator device = OpenClTest.Open(new() { CacheFolder = Path.Combine(file, "cache") });
        Assert.Null(device.CacheProblem);
        using (MemoryBuffer<float> buffer = device.Allocate<float>(4))
        {
            device.Launch(TestKernels.Scale, (Index1D)4, buffer.View, 2f);
            device.Synchronize();
        }

        Assert.Contains(file, device.CacheProblem, StringComparison.Ordinal);
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void Measurements_need_profiling()
    {
        OpenClAccelerator device = OpenClTest.Open();
        Assert.Contains("Profiling", Assert.Throws<InvalidOperationException>(() => device.Measure(() => { })).Message, StringComparison.Ordinal);
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public async Task Device_times_are_measured()
    {
        OpenClAccelerator device = OpenClTest.Open(OpenClTest.Options with { Profiling = true });
        using (MemoryBuffer<float> buffer = device.Allocate<float>(1 << 20))
        {
            buffer.Clear();
            Assert.Equal(TimeSpan.Zero, device.Measure(() => { }));
            Task? copy = null;
            TimeSpan time = device.Measure(() =>
            {
                for (int i = 0; i < 5; i++)
                {
                    device.Launch(TestKernels.Scale, (Index1D)(1 << 20), buffer.View, 2f);
                }

                buffer.CopyTo(new float[1 << 20]);
                copy = device.CopyToHostAsync(buffer.View, new float[1 << 20].AsMemory());
            });
            await copy!;
            Assert.InRange(time.Ticks, 1, TimeSpan.FromMinutes(1).Ticks);
            Assert.Throws<InvalidOperationException>(() => device.Measure(() => device.Measure(() => { })));
            Assert.Throws<FormatException>(() => device.Measure(() => throw new FormatException()));
            Assert.Equal(TimeSpan.Zero, device.Measure(() => { }));
        }

        OpenClTest.Close(device);
    }

    private static (int Built, int Hits, int Written) RunWith(AcceleratorOptions options)
    {
        OpenClAccelerator device = OpenClTest.Open(options);
        using (MemoryBuffer<float> buffer = device.Allocate<float>(4))
        {
            buffer.CopyFrom([1, 2, 3, 4]);
            device.Launch(TestKernels.Scale, (Index1D)4, buffer.View, 2f);
            var values = new float[4];
            buffer.CopyTo(values);
            Assert.Equal([2, 4, 6, 8], values);
        }

        (int, int, int) counts = (device.Builder.BuiltFromSource, device.Cache.Hits, device.Cache.Written);
        OpenClTest.Close(device);
        return counts;
    }
}
