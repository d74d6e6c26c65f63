namespace G3DR.Core.Verification;

/// <summary>What a reference tensor demands of a computed one.</summary>
/// <param name="Maximum">Largest allowed absolute difference of any element; 0 where the values must be exact.</param>
/// <param name="Mean">Largest allowed mean of the absolute differences, if the reference states one.</param>
/// <param name="Float32Error">Error of the reference's own single-precision run, if stated.</param>
/// <param name="Scale">Largest absolute expected value, if stated.</param>
/// <param name="RelativeL2">
/// Largest allowed norm of the differences by the norm of the expected values, if stated: for gradients through ReLU and max-pooling, where one unit that is zero up to
/// rounding may flip, it and <see cref="Maximum"/> for 99 % of the elements are what counts.
/// </param>
public readonly record struct VectorTolerance(double Maximum, double? Mean = null, double? Float32Error = null, double? Scale = null, double? RelativeL2 = null)
{
    /// <summary>Whether every element must be equal.</summary>
    public bool IsExact => Maximum == 0;
}
