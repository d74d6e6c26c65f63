using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>Properties of the scaled gradients, in both profiles.</summary>
public class GradientScalingPropertyTests
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Values_pass_bit_for_bit_and_gradients_are_multiplied_by_k(DType dtype) => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device, dtype), surface = c.Surface(device, dtype);
        Tensor density = Leaf(c.Normal(device, t.Shape, 2, dtype)), color = Leaf(c.Normal(device, [.. t.Shape.AsSpan(), 3], 3, dtype));
        (Tensor scaledDensity, Tensor scaledColor) = c.Kernel.ScaleGradients(density, color, t, surface);
        Tensor densityCotangent = c.Normal(device, density.Shape, 4, dtype), colorCotangent = c.Normal(device, color.Shape, 5, dtype);
        Tensor[] gradients = Autograd.Gradients([scaledDensity, scaledColor], [densityCotangent, colorCotangent], [density, color]);
        Tensor k = c.Kernel.Values(t, surface);
        return Same(scaledDensity, density) && Same(scaledColor, color)
            && Same(gradients[0], densityCotangent * k) && Same(gradients[1], colorCotangent * k.Reshape([.. k.Shape.AsSpan(), 1]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Paper_scales_density_and_colour_of_every_sample() => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        PaperRays rays = new(c, device);
        (double[][] plain, double[][] scaled) = (rays.Gradients(null), rays.Gradients(c.Kernel));
        double[] k = c.ExpectedKernel(rays.Distances, rays.Surface);
        return Close(scaled[0], i => k[i] * plain[0][i]) && Close(scaled[1], i => k[i / 3] * plain[1][i]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Official_scales_alpha_and_mean_colour_of_every_interval() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor centers = c.Distances(device), surface = c.Surface(device);
        Tensor alpha = Leaf(c.Uniform(device, centers.Shape, 2)), color = Leaf(c.Uniform(device, [.. centers.Shape.AsSpan(), 3], 3));
        double[][] Gradients(DepthKernel? kernel)
        {
            (Tensor a, Tensor m) = kernel is null ? (alpha, color) : kernel.ScaleGradients(alpha, color, centers, surface);
            MarchingResult marched = VolumeMarching.Composite(VolumeMarching.WeightsFromAlpha(a), m, centers);
            return GradientsOf(c, marched, alpha, color);
        }

        (double[][] plain, double[][] scaled) = (Gradients(null), Gradients(c.Kernel));
        double[] k = c.ExpectedKernel(centers, surface);
        return Close(scaled[0], i => k[i] * plain[0][i]) && Close(scaled[1], i => k[i / 3] * plain[1][i]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Official_samples_get_half_of_each_of_their_intervals() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        // With the gradient e_i that reaches density and colour of interval i without a kernel, sample j gets (e_(j-1) + e_j) / 2 without
        // and (k_(j-1) e_(j-1) + k_j e_j) / 2 with it. The e_i follow one after the other from the gradients without a kernel.
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device), surface = c.Surface(device);
        Tensor density = Leaf(c.Normal(device, t.Shape, 2)), color = Leaf(c.Uniform(device, [.. t.Shape.AsSpan(), 3], 3));
        MarchingResult plainRays = VolumeMarching.MidPoint(color, density, t);
        MarchingResult scaledRays = VolumeMarching.MidPoint(color, density, t, kernel: c.Kernel, surface: surface);
        double[] plain = GradientsOf(c, plainRays, density, color)[0], scaled = GradientsOf(c, scaledRays, density, color)[0];
        double[] k = c.ExpectedKernel(plainRays.Centers, surface);
        double[] expected = new double[scaled.Length];
        for (int ray = 0; ray < c.Rays; ray++)
        {
            double before = 0, scaledBefore = 0;
            for (int s = 0; s < c.Samples; s++)
            {
                int j = (ray * c.Samples) + s;
                double after = s + 1 < c.Samples ? (2 * plain[j]) - before : 0;
                double scaledAfter = s + 1 < c.Samples ? after * k[(ray * (c.Samples - 1)) + s] : 0;
                expected[j] = (scaledBefore + scaledAfter) / 2;
                (before, scaledBefore) = (after, scaledAfter);
            }
        }

        return Same(plainRays.Color, scaledRays.Color) && Same(plainRays.Depth, scaledRays.Depth) && Close(scaled, i => expected[i]);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scaled_gradients_are_k_times_finite_differences() => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        PaperRays rays = new(c, device);
        double[][] scaled = rays.Gradients(c.Kernel);
        double[] k = c.ExpectedKernel(rays.Distances, rays.Surface);

        // The five-point formula: nearly empty rays curve so much (the depth's 0.001 in Eq. 4) that the error of the three-point one shows. On some of them even this
        // one is off by more than the tolerance; half the step tells by how much.
        const double Step = 2e-5, Tolerance = 1e-7;
        for (int operand = 0; operand < 2; operand++)
        {
            Tensor tensor = operand == 0 ? rays.Density : rays.Color;
            double[] values = tensor.ToDoubles();
            for (int i = 0; i < values.Length; i++)
            {
                double Loss(double offset) => rays.LossWith(operand, i, values[i] + offset);
                double Difference(double step) => ((8 * (Loss(step) - Loss(-step))) - (Loss(2 * step) - Loss(-2 * step))) / (12 * step);
                double difference = Difference(Step), factor = k[operand == 0 ? i : i / 3];
                if (Math.Abs(scaled[operand][i] - (factor * difference)) > Tolerance)
                {
                    double finer = Difference(Step / 2);
                    if (Math.Abs(scaled[operand][i] - (factor * finer)) <= Tolerance + (factor * Math.Abs(finer - difference) / 8))
                    {
                        continue;
                    }

                    throw new InvalidOperationException($"{tensor}[{i}]: {scaled[operand][i]} instead of {factor} x {difference}");
                }
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scaling_commutes_with_cutting_rays_into_pieces() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device, DType.Float32), surface = c.Surface(device, DType.Float32);
        Tensor density = Leaf(c.Normal(device, t.Shape, 2, DType.Float32)), color = Leaf(c.Uniform(device, [.. t.Shape.AsSpan(), 3], 3, DType.Float32));
        Tensor whole = VolumeMarching.MidPoint(color, density, t, kernel: c.Kernel, surface: surface).Color;
        Tensor cotangent = c.Normal(device, whole.Shape, 4, DType.Float32);
        Tensor[] expected = Autograd.Gradients([whole], [cotangent], [density, color]);
        for (int ray = 0; ray < c.Rays; ray++)
        {
            Tensor ownDensity = Leaf(density.Detach().Slice(0, ray, 1)), ownColor = Leaf(color.Detach().Slice(0, ray, 1));
            Tensor piece = VolumeMarching.MidPoint(ownColor, ownDensity, t.Slice(0, ray, 1), kernel: c.Kernel, surface: surface.Slice(0, ray, 1)).Color;
            Tensor[] gradients = Autograd.Gradients([piece], [cotangent.Slice(0, ray, 1)], [ownDensity, ownColor]);
            if (!Same(gradients[0], expected[0].Slice(0, ray, 1)) || !Same(gradients[1], expected[1].Slice(0, ray, 1)))
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = Tensor.Zeros(device, [2, 3, 5]), color = Tensor.Zeros(device, [2, 3, 5, 3]), surface = Tensor.Zeros(device, [2, 3]);
        DepthKernel kernel = DepthKernel.Official;
        Assert.Contains("(2, 3)", Assert.Throws<ArgumentException>(() => kernel.Values(t, Tensor.Zeros(device, [3, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("density", Assert.Throws<ArgumentException>(() => kernel.ScaleGradients(color, color, t, surface)).Message, StringComparison.Ordinal);
        Assert.Contains("colour", Assert.Throws<ArgumentException>(() => kernel.ScaleGradients(t, t, t, surface)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => kernel.Values(Tensor.Zeros(device, [2, 0]), Tensor.Zeros(device, [2])));
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGrad = true;
        return tensor;
    }

    private static bool Same(Tensor actual, Tensor expected) => actual.ToDoubles().SequenceEqual(expected.ToDoubles());

    // Gradients are sums of a few numbers of size 1.
    private static bool Close(double[] actual, Func<int, double> expected) =>
        Enumerable.Range(0, actual.Length).All(i => Math.Abs(actual[i] - expected(i)) <= 1e-11 * Math.Max(1, Math.Abs(expected(i))));

    private static double[][] GradientsOf(RayCase c, MarchingResult marched, Tensor first, Tensor second)
    {
        Tensor[] outputs = [marched.Color, marched.Depth, marched.Opacity, marched.Weights];
        Tensor[] cotangents = [.. outputs.Select((output, i) => c.Normal(output.Accelerator, output.Shape, 10 + (uint)i))];
        return [.. Autograd.Gradients(outputs, cotangents, [first, second]).Select(g => g.ToDoubles())];
    }

    /// <summary>Rays in the paper's form, density already positive, with a loss over everything that comes out.</summary>
    private sealed class PaperRays
    {
        private readonly RayCase _case;
        private readonly Tensor _lengths;

        public PaperRays(RayCase c, TestDevice device)
        {
            _case = c;
            Distances = c.Distances(device);
            Surface = c.Surface(device);
            _lengths = c.Uniform(device, Distances.Shape, 6);
            Density = Leaf(c.Uniform(device, Distances.Shape, 2) * 3);
            Color = Leaf(c.Uniform(device, [.. Distances.Shape.AsSpan(), 3], 3));
        }

        public Tensor Distances { get; }

        public Tensor Surface { get; }

        public Tensor Density { get; }

        public Tensor Color { get; }

        public double[][] Gradients(DepthKernel? kernel)
        {
            (Tensor density, Tensor color) = kernel is null ? (Density, Color) : kernel.ScaleGradients(Density, Color, Distances, Surface);
            return GradientsOf(_case, March(density, color), Density, Color);
        }

        /// <summary>The loss with one number of density (operand 0) or colour (operand 1) replaced.</summary>
        public double LossWith(int operand, int element, double value)
        {
            using var scope = TensorScope.Begin(Density.Accelerator);
            Tensor[] operands = [Density.Detach(), Color.Detach()];
            double[] values = operands[operand].ToDoubles();
            values[element] = value;
            operands[operand] = Tensor.FromArray(Density.Accelerator, values, operands[operand].Shape);
            MarchingResult marched = March(operands[0], operands[1]);
            Tensor[] outputs = [marched.Color, marched.Depth, marched.Opacity, marched.Weights];
            return outputs.Select((output, i) => (output * _case.Normal(output.Accelerator, output.Shape, 10 + (uint)i)).Sum().Item()).Sum();
        }

        private MarchingResult March(Tensor density, Tensor color) =>
            VolumeMarching.Composite(VolumeMarching.Weights(density, _lengths), color, Distances);
    }
}
