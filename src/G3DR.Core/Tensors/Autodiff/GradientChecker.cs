using G3DR.Compute;

namespace G3DR.Core.Tensors;

/// <summary>How a gradient is checked.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>Step of the finite difference, times max(1, |x|).</summary>
    public double Step { get; init; } = 1e-5;

    /// <summary>Allowed difference, plus <see cref="RelativeTolerance"/> times the finite difference.</summary>
    public double AbsoluteTolerance { get; init; } = 1e-6;

    /// <summary>Allowed difference relative to the finite difference.</summary>
    public double RelativeTolerance { get; init; } = 1e-5;

    /// <summary>Seed of the cotangent and of the choice of elements.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most elements of each input that are checked; of longer inputs a random choice.</summary>
    public int MaxElements { get; init; } = 64;

    /// <summary>
    /// Says for (input, value) whether to leave an element out: those nearer to a kink than <see cref="Step"/> have no meaningful finite difference.
    /// </summary>
    public Func<int, double, bool>? Skip { get; init; }
}

/// <summary>The worst element of a gradient check.</summary>
/// <param name="Passed">Whether all elements are within tolerance.</param>
/// <param name="Checked">Number of elements checked.</param>
/// <param name="Input">Input of the worst element.</param>
/// <param name="Element">Its position in the flat tensor.</param>
/// <param name="Value">Its value.</param>
/// <param name="Gradient">Its gradient by the tape.</param>
/// <param name="Difference">Its gradient by finite differences.</param>
public sealed record GradientCheckResult(bool Passed, int Checked, int Input, long Element, double Value, double Gradient, double Difference)
{
    /// <summary>Throws unless the check passed.</summary>
    /// <exception cref="InvalidOperationException">The gradient is wrong; the message shows the worst element.</exception>
    public void ThrowIfFailed()
    {
        if (!Passed)
        {
            throw new InvalidOperationException(ToString());
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Passed ? "passed" : "FAILED")}, {Checked} elements; worst: input {Input}, element {Element}, x = {Value:G9}, gradient {Gradient:G9}, finite difference {Difference:G9}";
}

/// <summary>
/// Compares gradients by the tape with central finite differences in double precision: of s(x) = &lt;f(x), c&gt; with a random cotangent c.
/// </summary>
public static class GradientChecker
{
    /// <summary>Checks the gradient of a function with respect to all its inputs.</summary>
    /// <param name="f">Function of the inputs; must give the same result for the same inputs.</param>
    /// <param name="inputs">Tensors of <see cref="DType.Float64"/>; they are not changed.</param>
    /// <param name="options">Step, tolerances, kinks.</param>
    /// <returns>The worst element, by error over tolerance.</returns>
    /// <exception cref="ArgumentException">There are no inputs, or one is not of double precision.</exception>
    public static GradientCheckResult Check(Func<Tensor[], Tensor> f, IReadOnlyList<Tensor> inputs, GradientCheckOptions? options = null)
    {
        options ??= new();
        if (inputs.Count == 0 || inputs.Any(input => input.DType != DType.Float64))
        {
            throw new ArgumentException($"A gradient check needs inputs of {DType.Float64}, got {string.Join("; ", inputs)}.", nameof(inputs));
        }

        Accelerator device = inputs[0].Accelerator;
        using var scope = TensorScope.Begin(device);
        (double[] cotangent, double[][] gradients) = ByTape(f, inputs, options);
        var worst = new GradientCheckResult(true, 0, 0, 0, 0, 0, 0);
        double worstRatio = -1;
        int count = 0;
        for (int input = 0; input < inputs.Count; input++)
        {
            double[] values = inputs[input].ToDoubles();
            foreach (int element in Choose(values.Length, options, input))
            {
                if (options.Skip?.Invoke(input, values[element]) == true)
                {
                    continue;
                }

                count++;
                double gradient = gradients[input][element];
                double difference = ByDifference(f, inputs, input, element, cotangent, options.Step);
                double ratio = Math.Abs(gradient - difference) / (options.AbsoluteTolerance + (options.RelativeTolerance * Math.Abs(difference)));
                // A NaN is worse than any number.
                if (!(ratio <= worstRatio) && !double.IsNaN(worstRatio))
                {
                    worstRatio = ratio;
                    worst = new(ratio <= 1, 0, input, element, values[element], gradient, difference);
                }
            }
        }

        return worst with { Checked = count };
    }

    private static (double[] Cotangent, double[][] Gradients) ByTape(
        Func<Tensor[], Tensor> f, IReadOnlyList<Tensor> inputs, GradientCheckOptions options)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.Clone())];
        foreach (Tensor leaf in leaves)
        {
            leaf.RequiresGrad = true;
        }

        Tensor y = f(leaves);
        Tensor cotangent = Tensor.Normal(y.Accelerator, y.Shape, options.Seed, stream: 0, DType.Float64);
        Tensor[] gradients = Autograd.Gradients([y], [cotangent], leaves);
        return (cotangent.ToDoubles(), [.. gradients.Select(gradient => gradient.ToDoubles())]);
    }

    private static double ByDifference(
        Func<Tensor[], Tensor> f, IReadOnlyList<Tensor> inputs, int input, int element, double[] cotangent, double relativeStep)
    {
        Accelerator device = inputs[0].Accelerator;
        using var scope = TensorScope.Begin(device);
        using IDisposable unrecorded = device.NoGrad();
        double[] values = inputs[input].ToDoubles();
        double x = values[element], step = relativeStep * Math.Max(1, Math.Abs(x));
        double[] Evaluate(double at)
        {
            values[element] = at;
            Tensor[] arguments = [.. inputs];
            arguments[input] = Tensor.FromArray(device, values, inputs[input].Shape);
            return f(arguments).ToDoubles();
        }

        double above = x + step, below = x - step;
        double[] high = Evaluate(above), low = Evaluate(below);
        // Differences first: the sums themselves would cancel.
        double sum = 0;
        for (int i = 0; i < high.Length; i++)
        {
            sum += cotangent[i] * (high[i] - low[i]);
        }

        return sum / (above - below);
    }

    private static IEnumerable<int> Choose(int length, GradientCheckOptions options, int input)
    {
        if (length <= options.MaxElements)
        {
            return Enumerable.Range(0, length);
        }

        var chosen = new SortedSet<int>();
        for (ulong draw = 0; chosen.Count < options.MaxElements; draw++)
        {
            chosen.Add((int)(Philox.Word(options.Seed, (uint)input + 1, draw) % (uint)length));
        }

        return chosen;
    }
}
