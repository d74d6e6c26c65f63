using System.Reflection;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Elementwise;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>Values and gradients of every elementwise operation of the catalogue through the tensor API.</summary>
public class OpGradientTests
{
    private static readonly Shape[] s_shapes = [[1], [17], [1025], [3, 5, 7], [2, 1, 9, 4]];

    private static readonly (Shape Left, Shape Right)[] s_pairs = [([1], [1]), ([17], [17]), ([1025], [1]), ([3, 5, 7], [5, 1]), ([4, 1, 3], [2, 4, 5, 1])];

    // Double precision has one code on the processor.
    public static TheoryData<string, string> Unary => Pairs(Ops(typeof(IUnaryOp), typeof(IParametricUnaryOp)), [Processor, .. TestDevice.OtherDevices]);

    public static TheoryData<string, string> Binary => Pairs(Ops(typeof(IBinaryOp)), [Processor, .. TestDevice.OtherDevices]);

    public static TheoryData<string, string> UnaryOnAll => Pairs(Ops(typeof(IUnaryOp), typeof(IParametricUnaryOp)), TestDevice.ConfigurationNames);

    private static string Processor => TestDevice.ProcessorConfigurations[^1];

    [SkippableTheory]
    [MemberData(nameof(Unary))]
    public void Gradient_of_unary_op_is_that_of_its_value(string op, string configuration) => Call(nameof(CheckUnary), op, configuration);

    [SkippableTheory]
    [MemberData(nameof(Binary))]
    public void Gradient_of_binary_op_is_that_of_its_value(string op, string configuration) => Call(nameof(CheckBinary), op, configuration);

    [SkippableTheory]
    [MemberData(nameof(UnaryOnAll))]
    public void Single_precision_agrees_with_double_precision(string op, string configuration) => Call(nameof(CompareUnary), op, configuration);

    private static IEnumerable<Type> Ops(params Type[] faces) => KernelCatalogue.ElementwiseOps.Where(type => type.GetInterfaces().Any(faces.Contains));

    private static TheoryData<string, string> Pairs(IEnumerable<Type> ops, IReadOnlyList<string> configurations)
    {
        var data = new TheoryData<string, string>();
        foreach (Type op in ops)
        {
            foreach (string configuration in configurations)
            {
                data.Add(op.Name, configuration);
            }
        }

        return data;
    }

    private static void Call(string method, string op, params object[] more)
    {
        Type type = KernelCatalogue.ElementwiseOps.Single(candidate => candidate.Name == op);
        Type argument = type.GetInterfaces().Contains(typeof(IUnaryOp)) ? typeof(Unparameterized<>).MakeGenericType(type) : type;
        MethodInfo generic = typeof(OpGradientTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(argument);
        generic.Invoke(null, BindingFlags.DoNotWrapExceptions, null, more, null);
    }

    private static void CheckUnary<TOp>(string configuration)
        where TOp : struct, IParametricUnaryOp
    {
        OpSpec spec = TOp.Spec;
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        foreach (Shape shape in configuration == Processor ? s_shapes : s_shapes[1..2])
        {
            using var scope = TensorScope.Begin(device);
            Tensor x = Draw(device, shape, spec, 0);
            GradientCheckResult Check() => GradientChecker.Check(
                t => t[0].Elementwise<TOp>(spec.Parameters.A, spec.Parameters.B),
                [x],
                new() { Skip = (_, value) => spec.Kinks.Any(kink => Math.Abs(value - kink) < 1e-3) });
            if (spec.HasGradient)
            {
                Check().ThrowIfFailed();
            }
            else
            {
                Assert.Equal(spec.Name, Assert.Throws<GradientNotDefinedException>(Check).Operation);
            }
        }
    }

    private static void CheckBinary<TOp>(string configuration)
        where TOp : struct, IBinaryOp
    {
        OpSpec spec = TOp.Spec;
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        foreach ((Shape left, Shape right) in configuration == Processor ? s_pairs : s_pairs[^1..])
        {
            using var scope = TensorScope.Begin(device);
            Tensor a = Draw(device, left, spec, 0), b = Draw(device, right, spec, 1);
            GradientCheckResult Check() => GradientChecker.Check(t => t[0].Elementwise<TOp>(t[1]), [a, b]);
            if (spec.HasGradient)
            {
                Check().ThrowIfFailed();
            }
            else
            {
                Assert.Contains("No gradient flows", Assert.Throws<InvalidOperationException>(Check).Message, StringComparison.Ordinal);
            }
        }
    }

    private static void CompareUnary<TOp>(string configuration)
        where TOp : struct, IParametricUnaryOp
    {
        OpSpec spec = TOp.Spec;
        using var reference = new TestDevice();
        using var device = TestDevice.Create(configuration);
        foreach (Shape shape in s_shapes)
        {
            using TensorScope wideScope = TensorScope.Begin(reference), narrowScope = TensorScope.Begin(device);
            Tensor wide = Draw(reference, shape, spec, 0).ToType(DType.Float32).ToType(DType.Float64);
            Tensor narrow = Tensor.FromArray(device, wide.ToSingles(), shape);
            double[] expected = wide.Elementwise<TOp>(spec.Parameters.A, spec.Parameters.B).ToDoubles();
            float[] actual = narrow.Elementwise<TOp>(spec.Parameters.A, spec.Parameters.B).ToSingles();
            for (int i = 0; i < actual.Length; i++)
            {
                double allowed = (spec.ForwardTolerance + 6e-8) * Math.Max(1, Math.Abs(expected[i]));
                Assert.True(Math.Abs(actual[i] - expected[i]) <= allowed, $"{spec.Name} {shape}[{i}]: {actual[i]:G9}, expected {expected[i]:G9}");
            }
        }
    }

    private static Tensor Draw(TestDevice device, Shape shape, OpSpec spec, uint stream) =>
        Tensor.Uniform(device, shape, seed: 3, stream, DType.Float64).Affine(spec.Range.High - spec.Range.Low, spec.Range.Low);
}
