using G3DR.Compute;
using G3DR.Kernels.Elementwise;

namespace G3DR.Kernels.Catalogue;

/// <summary>Forward or backward pass of a unary elementwise operation.</summary>
/// <typeparam name="TOp">The operation.</typeparam>
internal sealed class UnaryWorkload<TOp>(bool backward) : KernelWorkload
    where TOp : struct, IParametricUnaryOp
{
    private readonly (float A, float B) _parameters = ((float)TOp.Spec.Parameters.A, (float)TOp.Spec.Parameters.B);

    public override string Op => backward ? $"{TOp.Spec.Name} backward" : TOp.Spec.Name;

    public override IReadOnlyList<KernelVariant> Variants =>
        backward ? [KernelVariant.Plain(BackwardPlain), KernelVariant.Simd(BackwardSimd)] : [KernelVariant.Plain(ForwardPlain), KernelVariant.Simd(ForwardSimd)];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1), new(17), new(1025), new(8197), new(33, 65), new(7, 9, 31), new((2 * Shards.Elements) + 5)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 16), new(1 << 22)];

    public static IEnumerable<KernelWorkload> Passes() =>
        TOp.Spec.HasGradient ? [new UnaryWorkload<TOp>(false), new UnaryWorkload<TOp>(true)] : [new UnaryWorkload<TOp>(false)];

    public override double Tolerance(WorkloadSize size) => backward ? TOp.Spec.GradientTolerance : TOp.Spec.ForwardTolerance;

    public override double Flops(WorkloadSize size) => TOp.Spec.Flops * size.Length;

    public override double Bytes(WorkloadSize size)
    {
        int saved = (TOp.Spec.Saves.HasFlag(Saves.Input) ? 1 : 0) + (TOp.Spec.Saves.HasFlag(Saves.Output) ? 1 : 0);
        return (backward ? 2 + saved : 2) * sizeof(float) * (double)size.Length;
    }

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        float[] x = KernelCase.Draw(size.Length, TOp.Spec.Range, seed, 0);
        if (!backward)
        {
            return new(device, size, [x], size.Length);
        }

        float[] y = [.. x.Select(value => (float)TOp.Reference(value, _parameters.A, _parameters.B))];
        return new(device, size, [x, y, KernelCase.Draw(size.Length, (-1, 1), seed, 1)], size.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        IReadOnlyList<float[]> inputs = prepared.Inputs;
        var (a, b) = _parameters;
        double[] expected = new double[prepared.Size.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = backward ? TOp.ReferenceBackward(inputs[0][i], inputs[1][i], inputs[2][i], a, b) : TOp.Reference(inputs[0][i], a, b);
        }

        return [expected];
    }

    private void ForwardPlain(KernelCase c) => c.Device.Launch(
        UnaryKernels<TOp>.ForwardPlain, Shards.PlainExtent(c.Size.Length), c.Input(0), c.Output(0), _parameters.A, _parameters.B);

    private void ForwardSimd(KernelCase c) => UnaryKernels<TOp>.ForwardVectors(c.Device, c.Input(0), c.Output(0), _parameters.A, _parameters.B);

    private void BackwardPlain(KernelCase c) => c.Device.Launch(
        UnaryKernels<TOp>.BackwardPlain, Shards.PlainExtent(c.Size.Length), c.Input(0), c.Input(1), c.Input(2), c.Output(0), _parameters.A, _parameters.B);

    private void BackwardSimd(KernelCase c) =>
        UnaryKernels<TOp>.BackwardVectors(c.Device, c.Input(0), c.Input(1), c.Input(2), c.Output(0), _parameters.A, _parameters.B);
}
