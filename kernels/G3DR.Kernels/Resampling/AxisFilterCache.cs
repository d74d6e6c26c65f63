using System.Collections.Concurrent;

namespace G3DR.Kernels.Resampling;

/// <summary>The filters of a device, with their adjoints: a network resizes from and to the same few sizes in every step.</summary>
public sealed class AxisFilterCache
{
    // More sizes than any network has; a program that resizes to ever new ones begins again.
    private const int MaxFilters = 256;

    private readonly ConcurrentDictionary<ResizeAxis, (AxisFilter Filter, AxisFilter Adjoint)> _filters = new();

    /// <summary>The filter that resizes an axis.</summary>
    /// <param name="axis">Lengths and rules.</param>
    /// <param name="adjoint">Whether the adjoint is wanted, which carries gradients back.</param>
    /// <exception cref="ArgumentException">See <see cref="AxisFilter.Resize"/>.</exception>
    public AxisFilter Get(ResizeAxis axis, bool adjoint)
    {
        if (!_filters.TryGetValue(axis, out (AxisFilter Filter, AxisFilter Adjoint) pair))
        {
            if (_filters.Count >= MaxFilters)
            {
                _filters.Clear();
            }

            AxisFilter filter = AxisFilter.Resize(axis);
            pair = _filters.GetOrAdd(axis, (filter, filter.Transpose()));
        }

        return adjoint ? pair.Adjoint : pair.Filter;
    }
}
