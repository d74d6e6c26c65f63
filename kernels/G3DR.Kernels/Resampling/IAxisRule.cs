namespace G3DR.Kernels.Resampling;

/// <summary>What a filter along an axis follows from. Equal rules give equal filters.</summary>
public interface IAxisRule
{
    /// <summary>Computes the filter.</summary>
    /// <exception cref="ArgumentException">The rule contradicts itself.</exception>
    AxisFilter ToFilter();
}
