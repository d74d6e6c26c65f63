namespace G3DR.Kernels.Resampling;

/// <content>Filters that resize an axis, by the rules of PyTorch's <c>interpolate</c>.</content>
public sealed partial class AxisFilter
{
    private const double CubicSharpness = -0.75, AntialiasedCubicSharpness = -0.5;

    /// <summary>
    /// Antialiased linear reduction by exactly <paramref name="scale"/>, as PyTorch's <c>interpolate(scale_factor = 1 / scale, antialias = True)</c>:
    /// a triangle of half-width <paramref name="scale"/> around scale (i + 0.5), cut and renormalised at the borders; floor(n / scale) outputs.
    /// </summary>
    /// <param name="inputs">Axis length n.</param>
    /// <param name="scale">Reduction, 2, 4, 8, ...</param>
    /// <exception cref="ArgumentException">The axis is shorter than the scale.</exception>
    public static AxisFilter Antialiased(int inputs, int scale)
    {
        int outputs = inputs / scale;
        return outputs > 0
            ? Antialiased(inputs, outputs, scale, reach: 1, Triangle)
            : throw new ArgumentException($"An axis of {inputs} texels cannot be reduced {scale} times.");
    }

    /// <summary>The filter that resizes an axis.</summary>
    /// <param name="axis">Lengths and rules.</param>
    /// <exception cref="ArgumentException">
    /// A length is below 1, the scale is not positive, or an option does not go with the interpolation or with another option.
    /// </exception>
    public static AxisFilter Resize(ResizeAxis axis)
    {
        RequireValid(axis);
        return axis switch
        {
            { Interpolation: Interpolation.Nearest or Interpolation.NearestExact } => Nearest(axis),
            { Antialias: true, Interpolation: Interpolation.Linear } => Antialiased(axis.Inputs, axis.Outputs, axis.Step, reach: 1, Triangle),
            { Antialias: true } => Antialiased(axis.Inputs, axis.Outputs, axis.Step, reach: 2, x => Cubic(x, AntialiasedCubicSharpness)),
            { Interpolation: Interpolation.Linear } => Linear(axis),
            _ => CubicConvolution(axis),
        };
    }

    private static void RequireValid(ResizeAxis axis)
    {
        if (axis.Inputs < 1 || axis.Outputs < 1)
        {
            throw new ArgumentException($"An axis can be resized from and to lengths of at least 1, got {axis.Inputs} to {axis.Outputs}.", nameof(axis));
        }

        if (axis.Scale is { } scale && !(scale > 0 && double.IsFinite(scale)))
        {
            throw new ArgumentException($"A scale is a positive number, got {scale}.", nameof(axis));
        }

        if (axis.Interpolation is Interpolation.Nearest or Interpolation.NearestExact && (axis.Antialias || axis.AlignCorners))
        {
            throw new ArgumentException($"Antialiasing and aligned corners need linear or cubic interpolation, got {axis.Interpolation}.", nameof(axis));
        }

        if (axis.AlignCorners && (axis.Antialias || axis.Scale is not null))
        {
            throw new ArgumentException("Aligned corners define the positions by themselves: neither antialiasing nor a scale goes with them.", nameof(axis));
        }
    }

    // Positions in single precision, as PyTorch computes them: in double precision other elements would be picked where a position is nearly whole.
    private static AxisFilter Nearest(ResizeAxis axis)
    {
        var taps = new Taps(axis.Inputs);
        float step = axis.Scale is { } scale ? (float)(1 / scale) : (float)axis.Inputs / axis.Outputs;
        float offset = axis.Interpolation == Interpolation.NearestExact ? 0.5f : 0f;
        for (int i = 0; i < axis.Outputs; i++)
        {
            taps.Add((int)MathF.Floor((i + offset) * step), 1);
            taps.EndOutput();
        }

        return taps.ToFilter();
    }

    // Position (i + 0.5) step - 0.5, not before the first element, or i step with aligned corners.
    private static AxisFilter Linear(ResizeAxis axis)
    {
        var taps = new Taps(axis.Inputs);
        for (int i = 0; i < axis.Outputs; i++)
        {
            double position = Math.Max(0, Position(axis, i));
            int low = Math.Min((int)position, axis.Inputs - 1);
            double fraction = Math.Min(1, position - low);
            taps.Add(low, 1 - fraction);
            taps.Add(low + 1, fraction);
            taps.EndOutput();
        }

        return taps.ToFilter();
    }

    private static AxisFilter CubicConvolution(ResizeAxis axis)
    {
        var taps = new Taps(axis.Inputs);
        for (int i = 0; i < axis.Outputs; i++)
        {
            double position = Position(axis, i);
            int low = (int)Math.Min(Math.Floor(position), axis.Inputs - 1);
            double fraction = Math.Min(1, position - low);
            for (int k = -1; k <= 2; k++)
            {
                taps.Add(low + k, Cubic(fraction - k, CubicSharpness));
            }

            taps.EndOutput();
        }

        return taps.ToFilter();
    }

    private static double Position(ResizeAxis axis, int output) => axis.AlignCorners ? output * axis.Step : ((output + 0.5) * axis.Step) - 0.5;

    // The function, of half-width reach, is stretched by the step if the axis shrinks, cut at the borders and renormalised.
    private static AxisFilter Antialiased(int inputs, int outputs, double step, int reach, Func<double, double> function)
    {
        var taps = new Taps(inputs);
        double stretch = Math.Max(1, step), support = reach * stretch;
        for (int i = 0; i < outputs; i++)
        {
            double centre = step * (i + 0.5);
            int low = Math.Max(0, (int)(centre - support + 0.5)), high = (int)Math.Min(inputs, centre + support + 0.5);
            for (int j = low; j < high; j++)
            {
                taps.Add(j, function((j + 0.5 - centre) / stretch));
            }

            taps.EndOutput(normalise: true);
        }

        return taps.ToFilter();
    }

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static double Cubic(double x, double a)
    {
        double t = Math.Abs(x);
        return t < 1 ? ((((a + 2) * t) - (a + 3)) * t * t) + 1
            : t < 2 ? ((((t - 5) * t) + 8) * t * a) - (4 * a)
            : 0;
    }
}
