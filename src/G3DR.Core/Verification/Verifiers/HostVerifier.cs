using System.Text.Json;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>A family that is computed without the device.</summary>
internal abstract class HostVerifier(string name) : IVectorVerifier
{
    public bool KnowsName(string fileName) => fileName == name;

    public abstract bool KnowsConfig(JsonElement config);

    public abstract IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context);

    protected static VectorCheck Row(VectorResult result) => new(VerificationPath.Host, result);

    /// <summary>Refuses a size of the configuration that is not that of the expected tensor, before anything of that size is made.</summary>
    protected static void RequireSize(ReferenceVectors vectors, string tensor, long size)
    {
        long elements = vectors.Shape(tensor).Aggregate(1L, (product, length) => product * length);
        if (elements != size)
        {
            throw new FormatException($"The configuration asks for {size} values of '{tensor}'; the file has {elements}.");
        }
    }
}
