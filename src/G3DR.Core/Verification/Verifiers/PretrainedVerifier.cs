using System.Text.Json;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>A family of files of pretrained networks, whose weights and inputs are made from names. Large networks run once, on the first of the paths that were asked for.</summary>
internal abstract class PretrainedVerifier(params string[] namePrefixes) : IVectorVerifier
{
    public bool KnowsName(string name) => Array.Exists(namePrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    public virtual bool KnowsConfig(JsonElement config) => config.HasAll("hash_prefix", "tensors");

    public IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        foreach (VerificationPath path in IsLarge(vectors) ? context.OperationPaths.Take(1) : context.OperationPaths)
        {
            using var run = new VectorRun(vectors, context.Device, path) { FilePath = context.FilePath };
            foreach (VectorCheck check in Verify(run))
            {
                yield return check;
            }
        }
    }

    /// <summary>Whether one pass is enough: the network is of the published size.</summary>
    protected virtual bool IsLarge(ReferenceVectors vectors) => false;

    protected abstract IEnumerable<VectorCheck> Verify(VectorRun run);
}
