using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Resampling;

namespace G3DR.Core.Rendering;

/// <summary>From samples to the intervals between them.</summary>
internal static class Intervals
{
    /// <summary>Means of neighbours along an axis of at least 2.</summary>
    public static Tensor Midpoints(Tensor x, int axis)
    {
        int resolved = x.Shape.ResolveAxis(axis);
        return new AxisFilterOp(AxisFilter.Midpoints(x.Shape[resolved]), resolved).Apply(x);
    }

    /// <summary>Differences of neighbours along an axis of at least 2.</summary>
    public static Tensor Differences(Tensor x, int axis)
    {
        int resolved = x.Shape.ResolveAxis(axis);
        return new AxisFilterOp(AxisFilter.Differences(x.Shape[resolved]), resolved).Apply(x);
    }
}
