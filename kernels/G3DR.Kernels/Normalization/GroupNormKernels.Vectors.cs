using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Normalization;

/// <content>Vector loops.</content>
public static partial class GroupNormKernels
{
    /// <summary>The vector variant of the statistics. A shard is read from memory once; for the deviations from its means it is in the cache.</summary>
    public static unsafe void StatisticsVectors(Accelerator device, GroupNormShape shape, ArrayView<float> x, ArrayView<float> statistics)
    {
        var shards = new SampleShards(shape);
        using MemoryBuffer<double> partials = device.Allocate<double>(2L * shards.Count * shape.Groups);
        Shards.RequireCpu(device).Launch(new StatisticsLoop(shape, shards, x.Pointer, partials.View.Pointer), shards.Count);
        for (int i = 0; i < shape.Batch * shape.Groups; i++)
        {
            int sample = i / shape.Groups, group = i % shape.Groups;
            double sum = 0, squares = 0;
            for (int shard = sample * shards.PerSample; shard < (sample + 1) * shards.PerSample; shard++)
            {
                sum += (double)shards.Positions(shard) * partials.View[At(shard)];
            }

            double mean = sum / shape.Positions;
            for (int shard = sample * shards.PerSample; shard < (sample + 1) * shards.PerSample; shard++)
            {
                double deviation = partials.View[At(shard)] - mean;
                squares += partials.View[At(shard) + 1] + ((double)shards.Positions(shard) * shape.GroupChannels * deviation * deviation);
            }

            statistics[2L * i] = (float)mean;
            statistics[(2L * i) + 1] = (float)(squares / shape.GroupLength);

            long At(int shard) => 2 * (((long)shard * shape.Groups) + group);
        }
    }

    /// <summary>The vector variant of <see cref="Apply"/>.</summary>
    public static void ApplyVectors(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<float> x,
        ArrayView<float> statistics,
        GroupNormAffine<float> affine,
        Activation activation,
        ArrayView<float> residual,
        ArrayView<float> y)
    {
        using MemoryBuffer<float> coefficients = Coefficients(device, shape, statistics, affine);
        using MemoryBuffer<float> periods = Periods(device, shape, coefficients.View);
        ActivationTypes.Run(activation, new VectorApply(Shards.RequireCpu(device), shape, x, periods.View, residual, y));
    }

    private static void GradientSumsVectors(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<float> x,
        ArrayView<float> coefficients,
        Activation activation,
        ArrayView<float> g,
        ArrayView<float> sums)
    {
        var shards = new SampleShards(shape);
        int period = ChannelPeriod.Length(shape.Channels), repetitions = period / shape.Channels;
        using MemoryBuffer<float> periods = Periods(device, shape, coefficients);
        using MemoryBuffer<float> partials = device.Allocate<float>(2L * shards.Count * period), repeated = device.Allocate<float>(2L * shape.Batch * period);
        ActivationTypes.Run(activation, new VectorGradientSums(Shards.RequireCpu(device), shape, x, periods.View, g, partials.View));
        FoldSamples(device, shape.Batch, partials.View, repeated.View, shards.PerSample);
        FoldSamples(device, 2 * shape.Batch, repeated.View, sums, repetitions);
    }

    private static void InputGradientVectors(
        Accelerator device,
        GroupNormShape shape,
        ArrayView<float> x,
        ArrayView<float> coefficients,
        Activation activation,
        ArrayView<float> g,
        ArrayView<float> dx)
    {
        using MemoryBuffer<float> periods = Periods(device, shape, coefficients);
        ActivationTypes.Run(activation, new VectorInputGradient(Shards.RequireCpu(device), shape, x, periods.View, g, dx));
    }

    private static MemoryBuffer<float> Periods(Accelerator device, GroupNormShape shape, ArrayView<float> coefficients)
    {
        MemoryBuffer<float> periods = device.Allocate<float>(coefficients.Length / shape.Channels * ChannelPeriod.Length(shape.Channels));
        ChannelPeriod.Repeat(device, coefficients, periods.View, shape.Channels);
        return periods;
    }

    private sealed class VectorApply(
        CpuAccelerator device, GroupNormShape shape, ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> residual, ArrayView<float> y)
        : IActivationWork
    {
        public unsafe void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            var shards = new SampleShards(shape);
            float* added = residual.Length == 0 ? null : residual.Pointer;
            device.Launch(new ApplyLoop<TActivation>(shape.Channels, shards, x.Pointer, coefficients.Pointer, added, y.Pointer), shards.Count);
        }
    }

    private sealed class VectorGradientSums(
        CpuAccelerator device, GroupNormShape shape, ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> g, ArrayView<float> partials)
        : IActivationWork
    {
        public unsafe void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            var shards = new SampleShards(shape);
            device.Launch(
                new GradientSumsLoop<TActivation>(shape.Channels, shards, x.Pointer, coefficients.Pointer, g.Pointer, partials.Pointer), shards.Count);
        }
    }

    private sealed class VectorInputGradient(
        CpuAccelerator device, GroupNormShape shape, ArrayView<float> x, ArrayView<float> coefficients, ArrayView<float> g, ArrayView<float> dx)
        : IActivationWork
    {
        public unsafe void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            var shards = new SampleShards(shape);
            device.Launch(
                new InputGradientLoop<TActivation>(shape.Channels, shards, x.Pointer, coefficients.Pointer, g.Pointer, dx.Pointer), shards.Count);
        }
    }
}
