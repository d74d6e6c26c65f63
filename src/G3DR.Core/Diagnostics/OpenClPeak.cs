using G3DR.Compute;
using G3DR.Compute.OpenCl;
using G3DR.Kernels.Diagnostics;

namespace G3DR.Core.Diagnostics;

/// <summary>Measures the peak of an OpenCL device by the times that its driver records.</summary>
internal static class OpenClPeak
{
    private const int Runs = 8;

    // The largest devices keep about 2048 items of a compute unit under way; several times that evens out how they are handed out.
    private const int ItemsPerUnit = 4 * 2048;

    // A run this long hides the time that a launch takes to start.
    private static readonly TimeSpan s_run = TimeSpan.FromMilliseconds(5);

    private const int MostRounds = 1 << 22;

    // Far above the caches of every device, where its memory allows.
    private const long LargestCopy = 256 << 20, SmallestCopy = 16 << 20;

    /// <summary>The best of several runs.</summary>
    public static MachinePeak Measure(OpenClAccelerator device, CancellationToken cancel) =>
        new(MultiplyAdds(device, cancel) / 1e9, Copy(device, cancel) / 1e9);

    private static double MultiplyAdds(OpenClAccelerator device, CancellationToken cancel)
    {
        int items = (int)Math.Min((long)device.Device.ComputeUnits * ItemsPerUnit, 1 << 22), rounds = 64;
        using var ends = device.Allocate<float>((long)items * PeakKernels.Chains);
        void Run() => device.Launch(PeakKernels.MultiplyAdds, new Index1D(items), ends.View, rounds, 0.999f, 1e-3f);

        // The first launch builds the kernel.
        Run();
        while (device.Measure(Run) < s_run && rounds < MostRounds)
        {
            cancel.ThrowIfCancellationRequested();
            rounds *= 2;
        }

        return 2.0 * PeakKernels.Chains * rounds * items / Best(device, Run, cancel);
    }

    private static double Copy(OpenClAccelerator device, CancellationToken cancel)
    {
        OpenClDevice info = device.Device;
        long room = Math.Min(Math.Min(info.GlobalMemory / 16, info.LargestAllocation), (device.Memory.Limit - device.Memory.BytesInUse) / 4);
        int length = (int)(Math.Clamp(room, SmallestCopy, LargestCopy) / sizeof(float));
        using var source = device.Allocate<float>(length);
        using var destination = device.Allocate<float>(length);
        device.Clear(source.View);
        void Run() => device.Launch(PeakKernels.Copy, new Index1D(length), source.View, destination.View);
        Run();
        return 2.0 * length * sizeof(float) / Best(device, Run, cancel);
    }

    private static double Best(Accelerator device, Action work, CancellationToken cancel)
    {
        double best = double.PositiveInfinity;
        for (int run = 0; run < Runs; run++)
        {
            cancel.ThrowIfCancellationRequested();
            best = Math.Min(best, WorkTiming.Measure(device, work));
        }

        return best;
    }
}
