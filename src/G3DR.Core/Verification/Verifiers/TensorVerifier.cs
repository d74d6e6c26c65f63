using System.Text.Json;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>A family that tensor operations compute, in float32 and float64.</summary>
internal abstract class TensorVerifier(string name, params string[] configEntries) : IVectorVerifier
{
    public virtual bool KnowsName(string fileName) => fileName == name;

    public bool KnowsConfig(JsonElement config) => config.HasAll(configEntries);

    public IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        foreach (VerificationPath path in context.OperationPaths)
        {
            using var run = new VectorRun(vectors, context.Device, path);
            foreach (VectorCheck check in Verify(run))
            {
                yield return check;
            }
        }
    }

    protected abstract IEnumerable<VectorCheck> Verify(VectorRun run);
}
