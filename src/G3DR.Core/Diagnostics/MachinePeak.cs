using System.Diagnostics;
using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Core.Diagnostics;

/// <summary>What the processor reaches at best: the yardstick for kernels.</summary>
/// <param name="GigaflopsPerSecond">Fused multiply-adds on all threads, counted as two operations.</param>
/// <param name="GigabytesPerSecond">Copying memory far larger than the caches, bytes read plus bytes written.</param>
public sealed record MachinePeak(double GigaflopsPerSecond, double GigabytesPerSecond)
{
    private const int CopyFloats = 1 << 24;

    /// <summary>Measures for about a second: the best of several runs, since other work on the machine can only slow one down.</summary>
    /// <param name="device">Threads and vector width to measure with.</param>
    /// <param name="cancel">Stops between runs.</param>
    /// <exception cref="NotSupportedException">The device is not a processor.</exception>
    public static MachinePeak Measure(Accelerator device, CancellationToken cancel = default) => device switch
    {
        CpuAccelerator { InstructionSet: InstructionSet.Avx512 } cpu => Measure<V512>(cpu, cancel),
        CpuAccelerator { InstructionSet: InstructionSet.Avx2 } cpu => Measure<V256>(cpu, cancel),
        CpuAccelerator cpu => Measure<V128>(cpu, cancel),
        _ => throw new NotSupportedException($"Only a processor's peak can be measured, not that of '{device.Name}'."),
    };

    private static unsafe MachinePeak Measure<V>(CpuAccelerator device, CancellationToken cancel)
        where V : struct, ISimd<V>
    {
        int threads = device.Team.Count;
        const int rounds = 1 << 19;
        double flops = 0, bytes = 0;
        float[] sinks = new float[threads];
        for (int run = 0; run < 8; run++)
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            device.Team.For(threads, thread => sinks[thread] = MultiplyAdds<V>(rounds));
            flops = Math.Max(flops, 2.0 * Chains * rounds * V.Count * threads / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        using var from = device.Allocate<float>(CopyFloats);
        using var to = device.Allocate<float>(CopyFloats);
        from.Clear();
        to.Clear();
        float* source = from.View.Pointer, target = to.View.Pointer;
        for (int run = 0; run < 8; run++)
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            device.Team.For(threads, thread =>
            {
                long first = (long)CopyFloats * thread / threads, end = (long)CopyFloats * (thread + 1) / threads;
                Buffer.MemoryCopy(source + first, target + first, (end - first) * sizeof(float), (end - first) * sizeof(float));
            });
            bytes = Math.Max(bytes, 2.0 * CopyFloats * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return new(flops / 1e9, bytes / 1e9);
    }

    private const int Chains = 12;

    /// <summary>Twelve independent chains: more than latency times throughput of every current processor, fewer than its registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float MultiplyAdds<V>(int rounds)
        where V : struct, ISimd<V>
    {
        V x = V.Create(0.999f), y = V.Create(1e-3f);
        V a = V.Create(0f), b = V.Create(1f), c = V.Create(2f), d = V.Create(3f), e = V.Create(4f), f = V.Create(5f);
        V g = V.Create(6f), h = V.Create(7f), i = V.Create(8f), j = V.Create(9f), k = V.Create(10f), l = V.Create(11f);
        for (int round = 0; round < rounds; round++)
        {
            a = V.MultiplyAdd(a, x, y);
            b = V.MultiplyAdd(b, x, y);
            c = V.MultiplyAdd(c, x, y);
            d = V.MultiplyAdd(d, x, y);
            e = V.MultiplyAdd(e, x, y);
            f = V.MultiplyAdd(f, x, y);
            g = V.MultiplyAdd(g, x, y);
            h = V.MultiplyAdd(h, x, y);
            i = V.MultiplyAdd(i, x, y);
            j = V.MultiplyAdd(j, x, y);
            k = V.MultiplyAdd(k, x, y);
            l = V.MultiplyAdd(l, x, y);
        }

        return V.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
