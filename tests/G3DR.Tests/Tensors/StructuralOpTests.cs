using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>Gradients of the operations that reduce, join, pick and reorder, and their values on every configuration.</summary>
public class StructuralOpTests
{
    private static readonly Dictionary<string, (Shape[] Inputs, Func<Tensor[], Tensor> Run)> s_ops = new()
    {
        ["sum all"] = ([[1025]], t => t[0].Sum()),
        ["sum first"] = ([[7, 5, 3]], t => t[0].Sum([0])),
        ["sum middle, kept"] = ([[7, 5, 3]], t => t[0].Sum([1], keepDims: true)),
        ["sum first and last"] = ([[7, 5, 3]], t => t[0].Sum([-1, 0])),
        ["mean"] = ([[4, 17]], t => t[0].Mean([1])),
        ["max all"] = ([[17, 3]], t => t[0].Max()),
        ["max first and last"] = ([[7, 5, 3]], t => t[0].Max([0, 2])),
        ["min last"] = ([[7, 17]], t => t[0].Min([-1])),
        ["softmax last"] = ([[3, 17]], t => t[0].Softmax()),
        ["softmax middle"] = ([[3, 17, 2]], t => t[0].Softmax(1)),
        ["log softmax last"] = ([[3, 17]], t => t[0].LogSoftmax()),
        ["log softmax first"] = ([[5, 3]], t => t[0].LogSoftmax(0)),
        ["cumsum last"] = ([[3, 17]], t => t[0].CumSum(-1)),
        ["cumsum first"] = ([[17, 3, 2]], t => t[0].CumSum(0)),
        ["permute"] = ([[2, 3, 4, 5]], t => t[0].Permute(2, 0, 3, 1)),
        ["transpose"] = ([[33, 65]], t => t[0].Transpose()),
        ["reshape"] = ([[6, 4]], t => t[0].Reshape(3, -1, 2)),
        ["broadcast"] = ([[3, 1]], t => t[0].BroadcastTo([2, 3, 5])),
        ["slice"] = ([[7, 9, 4]], t => t[0].Slice([1, 2, 0], [3, 2, 4], [2, 3, 1])),
        ["slice one axis"] = ([[7, 9]], t => t[0].Slice(-1, 2, 5)),
        ["concat first"] = ([[2, 3], [1, 3], [4, 3]], t => Tensor.Concat(t, 0)),
        ["concat last"] = ([[2, 3], [2, 1]], t => Tensor.Concat(t, -1)),
        ["gather rows"] = ([[5, 3]], t => t[0].Gather(0, [4, 0, 4, 2, 4])),
        ["gather last"] = ([[2, 5]], t => t[0].Gather(1, [1, 1, 3])),
        ["pad"] = ([[3, 4]], t => t[0].Pad([1, 0], [0, 2], 5)),
        ["where"] = ([[3, 4], [4]], t => Tensor.Where(t[0].Detach().Greater(Tensor.Zeros(t[0].Accelerator, [], t[0].DType)), t[0], t[1])),
        ["matmul"] = ([[5, 3], [3, 4]], t => t[0].MatMul(t[1])),
        ["matmul left transposed"] = ([[3, 5], [3, 4]], t => t[0].MatMul(t[1], transposeLeft: true)),
        ["matmul right transposed"] = ([[5, 3], [4, 3]], t => t[0].MatMul(t[1], transposeRight: true)),
        ["matmul both transposed"] = ([[3, 5], [4, 3]], t => t[0].MatMul(t[1], true, true)),
        ["matmul with one right matrix"] = ([[2, 5, 3], [3, 4]], t => t[0].MatMul(t[1])),
        ["matmul with one left matrix"] = ([[5, 3], [2, 3, 4]], t => t[0].MatMul(t[1])),
        ["matmul with broadcast batches"] = ([[2, 1, 5, 3], [7, 3, 4]], t => t[0].MatMul(t[1])),
        ["matmul transposed batches"] = ([[2, 3, 5], [2, 4, 3]], t => t[0].MatMul(t[1], true, true)),
    };

    public static TheoryData<string> Names => [.. s_ops.Keys];

    public static TheoryData<string, string> NamesAndConfigurations => TestDevice.OnConfigurations(s_ops.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_agrees_with_finite_differences(string name)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        (Shape[] shapes, Func<Tensor[], Tensor> run) = s_ops[name];
        GradientChecker.Check(run, Draw(device, shapes)).ThrowIfFailed();
    }

    [SkippableTheory]
    [MemberData(nameof(NamesAndConfigurations))]
    public void Values_and_gradients_agree_on_every_configuration(string name, string configuration)
    {
        (Shape[] shapes, Func<Tensor[], Tensor> run) = s_ops[name];
        double[][] expected, actual;
        using (var reference = new TestDevice())
        {
            expected = Evaluate(reference, run, shapes, DType.Float64);
        }

        using (var device = TestDevice.Create(configuration))
        {
            actual = Evaluate(device, run, shapes, DType.Float32);
        }

        for (int k = 0; k < expected.Length; k++)
        {
            for (int i = 0; i < expected[k].Length; i++)
            {
                double allowed = 2e-6 * Math.Max(1, Math.Abs(expected[k][i]));
                Assert.True(Math.Abs(actual[k][i] - expected[k][i]) <= allowed, $"result {k}[{i}]: {actual[k][i]:G9}, expected {expected[k][i]:G9}");
            }
        }
    }

    // The value, then the gradient of each input. The drawn numbers are those of single precision in either type.
    private static double[][] Evaluate(TestDevice device, Func<Tensor[], Tensor> run, Shape[] shapes, DType dtype)
    {
        using var scope = TensorScope.Begin(device);
        Tensor[] inputs = Draw(device, shapes, dtype);
        foreach (Tensor input in inputs)
        {
            input.RequiresGrad = true;
        }

        Tensor y = run(inputs);
        Tensor cotangent = Tensor.Uniform(y.Accelerator, y.Shape, seed: 9, dtype: y.DType);
        y.Backward(cotangent);
        return [y.ToDoubles(), .. inputs.Select(input => input.Grad!.ToDoubles())];
    }

    private static Tensor[] Draw(TestDevice device, Shape[] shapes, DType dtype = DType.Float64) =>
        [.. shapes.Select((shape, i) => Tensor.Normal(device, shape, seed: 5, (uint)i, dtype))];
}
