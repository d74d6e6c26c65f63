using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Networks;

/// <summary>
/// A convolution and its definition in double precision: a convolution is the list of its products, input element times weight added to an output element. Each
/// pass, and the transposed convolution, sums that same list for another of the three.
/// </summary>
internal sealed record ConvolutionCase(int[] X, int[] Weight, Conv2dOptions Options)
{
    /// <summary>Random small convolutions with strides, dilations, groups and paddings, each side by itself.</summary>
    public static Gen<ConvolutionCase> All =>
        from batch in Gen.Choose(1, 2)
        from groups in Gen.Elements(1, 1, 1, 2, 3)
        from inputs in Gen.Elements(1, 2, 3, 5, 17)
        from outputs in Gen.Elements(1, 2, 4, 7, 33)
        from kernel in Pair(1, 4)
        from stride in Pair(1, 3)
        from dilation in Pair(1, 2)
        from before in Pair(0, 3)
        from after in Pair(0, 3)
        from size in Pair(1, 9)
        select Fitting(batch, groups, inputs, outputs, kernel, new()
        {
            Stride = stride,
            Dilation = dilation,
            Padding = new(before.Item1, after.Item1, before.Item2, after.Item2),
            Groups = groups,
        }, size);

    public int OutputHeight => ((X[1] + Options.Padding.Top + Options.Padding.Bottom - Reach(Weight[2], Options.Dilation.Y)) / Options.Stride.Y) + 1;

    public int OutputWidth => ((X[2] + Options.Padding.Left + Options.Padding.Right - Reach(Weight[3], Options.Dilation.X)) / Options.Stride.X) + 1;

    public int[] Y => [X[0], OutputHeight, OutputWidth, Weight[0]];

    /// <summary>The transposed convolution that maps tensors of the shape of <see cref="Y"/> to that of <see cref="X"/>.</summary>
    public ConvTranspose2dOptions Transposed => new()
    {
        Stride = Options.Stride,
        Dilation = Options.Dilation,
        Padding = Options.Padding,
        Groups = Options.Groups,
        OutputPadding = (
            (X[1] + Options.Padding.Top + Options.Padding.Bottom - Reach(Weight[2], Options.Dilation.Y)) % Options.Stride.Y,
            (X[2] + Options.Padding.Left + Options.Padding.Right - Reach(Weight[3], Options.Dilation.X)) % Options.Stride.X),
    };

    /// <summary>Output: sums x w.</summary>
    public Sums Forward(double[] x, double[] weight) => Sum(Y, (a, w, y, sums) => sums.Add(y, x[a] * weight[w]));

    /// <summary>Gradient of the input: sums dy w.</summary>
    public Sums InputGradient(double[] dy, double[] weight) => Sum(X, (a, w, y, sums) => sums.Add(a, dy[y] * weight[w]));

    /// <summary>Gradient of the weights: sums x dy.</summary>
    public Sums WeightGradient(double[] x, double[] dy) => Sum(Weight, (a, w, y, sums) => sums.Add(w, x[a] * dy[y]));

    public override string ToString() => $"x ({string.Join(", ", X)}), weight ({string.Join(", ", Weight)}), {Options}";

    private static Gen<(int, int)> Pair(int low, int high) =>
        from first in Gen.Choose(low, high)
        from second in Gen.Choose(low, high)
        select (first, second);

    private static int Reach(int kernel, int dilation) => ((kernel - 1) * dilation) + 1;

    // The picture grows until the kernel fits into it and its padding.
    private static ConvolutionCase Fitting(int batch, int groups, int inputs, int outputs, (int Y, int X) kernel, Conv2dOptions options, (int Y, int X) size) => new(
        [
            batch,
            Math.Max(size.Y, Reach(kernel.Y, options.Dilation.Y) - options.Padding.Top - options.Padding.Bottom),
            Math.Max(size.X, Reach(kernel.X, options.Dilation.X) - options.Padding.Left - options.Padding.Right),
            inputs * groups,
        ],
        [outputs * groups, inputs, kernel.Y, kernel.X],
        options);

    private Sums Sum(int[] shape, Action<int, int, int, Sums> product)
    {
        var sums = new Sums((int)new Shape(shape).Length);
        int groupOutputs = Weight[0] / Options.Groups;
        foreach (int[] w in Indices(Weight))
        {
            foreach (int[] y in Indices([X[0], OutputHeight, OutputWidth]))
            {
                int row = (y[1] * Options.Stride.Y) + (w[2] * Options.Dilation.Y) - Options.Padding.Top;
                int column = (y[2] * Options.Stride.X) + (w[3] * Options.Dilation.X) - Options.Padding.Left;
                if (row >= 0 && row < X[1] && column >= 0 && column < X[2])
                {
                    int channel = (w[0] / groupOutputs * Weight[1]) + w[1];
                    product(Flat(X, y[0], row, column, channel), Flat(Weight, w), Flat(Y, y[0], y[1], y[2], w[0]), sums);
                }
            }
        }

        return sums;
    }

    private static int Flat(int[] shape, params int[] index) => index.Select((value, axis) => (value, axis)).Aggregate(0, (at, next) => (at * shape[next.axis]) + next.value);

    private static IEnumerable<int[]> Indices(int[] shape)
    {
        int[] index = new int[shape.Length];
        int axis = 0;
        while (axis >= 0)
        {
            yield return index;
            for (axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }

    /// <summary>Sums, and those of the magnitudes of their terms, which rounding errors are measured by.</summary>
    internal sealed class Sums(int length)
    {
        private readonly double[] _values = new double[length], _magnitudes = new double[length];

        public void Add(int i, double term)
        {
            _values[i] += term;
            _magnitudes[i] += Math.Abs(term);
        }

        public void AssertClose(Tensor actual, string what)
        {
            double[] values = actual.ToDoubles();
            Assert.Equal(_values.Length, values.Length);
            double unit = actual.DType == DType.Float32 ? 1e-6 : 1e-14;
            for (int i = 0; i < values.Length; i++)
            {
                double allowed = (unit * _magnitudes[i]) + 1e-12;
                Assert.True(Math.Abs(values[i] - _values[i]) <= allowed, $"{what}, element {i}: got {values[i]:G9}, expected {_values[i]:G9} within {allowed:G3}.");
            }
        }
    }
}
