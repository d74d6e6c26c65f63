namespace G3DR.Core.Verification;

/// <summary>What a reference tensor demands of a computed one.</summary>
/// <param name="Maximum">Largest allowed absolute difference of any element; 0 where the values must be exact.</param>
/// <param name="Mean">Largest allowed mean of the absolute differences, if the reference states one.</param>
/// <param name="Float32Error">Error of the reference's own single-precision run, if stated.</param>
/// <param name="Scale">Largest absolute expected value, if stated.</param>
public readonly record struct VectorTolerance(double Maximum, double? Mean = null, double? Float32Error = null, double? Scale = null)
{
    /// <summary>Whether every element must be equal.</summary>
    public bool IsExact => Maximum == 0;
}
