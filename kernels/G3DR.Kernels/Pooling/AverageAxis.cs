using G3DR.Kernels.Resampling;

namespace G3DR.Kernels.Pooling;

/// <summary>Means of windows along one axis.</summary>
/// <param name="Windows">Windows, without dilation.</param>
/// <param name="CountPadding">Whether the padding counts as zeros among the elements that a sum is divided by.</param>
/// <param name="Divisor">What sums are divided by instead of their number of elements, or <see langword="null"/>.</param>
public readonly record struct AverageAxis(PoolingAxis Windows, bool CountPadding, int? Divisor) : IAxisRule
{
    /// <inheritdoc/>
    public AxisFilter ToFilter() => AxisFilter.Average(this);
}
