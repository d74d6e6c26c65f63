using G3DR.Compute;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>What a verifier needs besides the file's content.</summary>
/// <param name="Device">Where to compute.</param>
/// <param name="Paths">The paths that were asked for.</param>
/// <param name="FilePath">Full path of the file: other data may lie beside it.</param>
internal sealed record VerificationContext(Accelerator Device, IReadOnlyCollection<VerificationPath> Paths, string FilePath)
{
    /// <summary>The paths of what has no fused form: float32 stands for both of its kinds.</summary>
    public IEnumerable<VerificationPath> OperationPaths
    {
        get
        {
            if (Paths.Contains(VerificationPath.Composed) || Paths.Contains(VerificationPath.Fused))
            {
                yield return VerificationPath.Composed;
            }

            if (Paths.Contains(VerificationPath.Float64))
            {
                yield return VerificationPath.Float64;
            }
        }
    }

    /// <summary>The paths of the renderer. Reference kernels have no fused form: there the composed one stands for it.</summary>
    public IEnumerable<VerificationPath> RendererPaths
    {
        get
        {
            bool fused = Paths.Contains(VerificationPath.Fused) && Device is not CpuAccelerator { ReferenceKernels: true };
            if (fused)
            {
                yield return VerificationPath.Fused;
            }

            if (!fused || Paths.Contains(VerificationPath.Composed))
            {
                foreach (VerificationPath path in OperationPaths)
                {
                    yield return path;
                }
            }
            else if (Paths.Contains(VerificationPath.Float64))
            {
                yield return VerificationPath.Float64;
            }
        }
    }
}
