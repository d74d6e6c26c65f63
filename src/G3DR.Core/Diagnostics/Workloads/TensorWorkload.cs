using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics.Workloads;

/// <summary>
/// A step of the library on tensors, forward or backward, as an entry of the catalogue. Its reference is the composition of small operations in
/// double precision; those are held against the published code's values by the reference vectors.
/// </summary>
/// <param name="name">Name of the step.</param>
/// <param name="backward">Whether the gradients are computed (without the forward pass, which is recorded beforehand).</param>
internal abstract class TensorWorkload(string name, bool backward) : KernelWorkload
{
    /// <inheritdoc/>
    public override string Op => backward ? $"{name} backward" : name;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelVariant> Variants => [Composed];

    /// <summary>The step as small operations, on any device.</summary>
    protected KernelVariant Composed => new("composed", _ => true, prepared => Run((TensorCase)prepared, Compose));

    /// <summary>Whether this is the backward pass.</summary>
    protected bool IsBackward => backward;

    /// <inheritdoc/>
    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed) => new TensorCase(device, size, Draw(size, seed));

    /// <inheritdoc/>
    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        // By the processor, whatever is tested: not every device computes in double precision.
        using CpuAccelerator? own = prepared.Device is CpuAccelerator ? null : new(new());
        using var precise = new TensorCase(own ?? prepared.Device, prepared.Size, ((TensorCase)prepared).Given, DType.Float64);
        Run(precise, Compose);
        return [.. precise.Results.Select(result => result.ToDoubles())];
    }

    /// <summary>Seeded inputs.</summary>
    protected abstract IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed);

    /// <summary>The step as small operations, for either element type.</summary>
    protected abstract IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size);

    /// <summary>A way to compute the step on the processor.</summary>
    protected KernelVariant Variant(string variant, TensorComputation compute) =>
        new(variant, device => device is CpuAccelerator, prepared => Run((TensorCase)prepared, compute));

    private void Run(TensorCase prepared, TensorComputation compute)
    {
        if (backward)
        {
            prepared.RunBackward(compute);
        }
        else
        {
            prepared.RunForward(compute);
        }
    }
}
