using System.Collections.Concurrent;

namespace G3DR.Kernels.Resampling;

/// <summary>The filters of a device, with their adjoints: a network resizes from and to the same few sizes in every step.</summary>
public sealed class AxisFilterCache
{
    // More sizes than any network has; a program that resizes to ever new ones begins again.
    private const int MaxFilters = 256;

    private readonly ConcurrentDictionary<IAxisRule, (AxisFilter Filter, AxisFilter Adjoint)> _filters = new();

    /// <summary>The filter of a rule.</summary>
    /// <param name="rule">Lengths and what happens between them.</param>
    /// <param name="adjoint">Whether the adjoint is wanted, which carries gradients back.</param>
    /// <exception cref="ArgumentException">The rule contradicts itself.</exception>
    public AxisFilter Get(IAxisRule rule, bool adjoint)
    {
        if (!_filters.TryGetValue(rule, out (AxisFilter Filter, AxisFilter Adjoint) pair))
        {
            if (_filters.Count >= MaxFilters)
            {
                _filters.Clear();
            }

            AxisFilter filter = rule.ToFilter();
            pair = _filters.GetOrAdd(rule, (filter, filter.Transpose()));
        }

        return adjoint ? pair.Adjoint : pair.Filter;
    }
}
