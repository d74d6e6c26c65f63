using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.MatMul;

/// <content>Variants for devices with shared memory.</content>
public static partial class MatMulKernels
{
    // Devices launch at most this many groups along y and z.
    private const int MostGroups = 65535;

    /// <summary>Adds the parts of cut sums in order: c = partials[0] + partials[1] + ...</summary>
    /// <param name="i">Element of C.</param>
    /// <param name="partials">Parts (parts, elements of C).</param>
    /// <param name="c">Results.</param>
    /// <param name="parts">Number of parts.</param>
    [Kernel]
    public static void AddParts(Index1D i, ArrayView<float> partials, ArrayView<float> c, int parts)
    {
        float sum = partials[i];
        for (int part = 1; part < parts; part++)
        {
            sum += partials[(part * c.Length) + i];
        }

        c[i] = sum;
    }

    /// <summary>The variant for devices with shared memory that suits the sizes: tiles, dot products, or plain.</summary>
    public static void RunGroups(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        var plan = MatMulPlan.For(shape, batch.Count);
        if (plan.Method == MatMulMethod.Plain)
        {
            RunPlain(device, shape, batch, a, b, c);
        }
        else
        {
            Run(device, plan, shape, batch, a, b, c);
        }
    }

    /// <summary>The variant with tiles.</summary>
    public static void RunTiles(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c) =>
        Run(device, MatMulPlan.ForTiles(shape, batch.Count), shape, batch, a, b, c);

    /// <summary>The variant with shared dot products.</summary>
    public static void RunDots(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c) =>
        Run(device, MatMulPlan.ForDots(shape, batch.Count), shape, batch, a, b, c);

    private static void Run(
        Accelerator device, MatMulPlan plan, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        using var places = new DeviceBatch(device, batch);
        using MemoryBuffer<float>? partials = plan.Parts > 1 ? device.Allocate<float>(c.Length * plan.Parts) : null;
        ArrayView<float> target = partials?.View ?? c;
        for (int first = 0; first < batch.Count; first += MostGroups)
        {
            var groups = new Index3D(plan.Groups, plan.Parts, Math.Min(MostGroups, batch.Count - first));
            var grid = new MatMulGrid(plan.Columns, plan.Depth, batch.Count, first, places.StepA, places.StepB);
            if (plan.Method == MatMulMethod.Tiled)
            {
                device.LaunchGroups(MatMulTiles.Compute, groups, a, b, target, places.Offsets, shape, grid);
            }
            else
            {
                device.LaunchGroups(MatMulDots.Compute, groups, a, b, target, places.Offsets, shape, grid);
            }
        }

        if (partials is not null)
        {
            device.Launch(AddParts, Shards.PlainExtent(c.Length), partials.View, c, plan.Parts);
        }
    }
}
