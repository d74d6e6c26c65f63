using System.Text.Json;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>Computes one family of reference files through the public API. Stateless.</summary>
internal interface IVectorVerifier
{
    /// <summary>Whether files of the family have this name (without folder and extension).</summary>
    bool KnowsName(string name);

    /// <summary>Whether a file of such a name is one of the family, by its metadata; other files may bear the same name.</summary>
    bool KnowsConfig(JsonElement config);

    /// <summary>
    /// Computes and compares every output of the file, row by row. Sizes come from the file. A file that contradicts itself ends in an exception, which the caller
    /// turns into a failing row.
    /// </summary>
    IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context);
}
