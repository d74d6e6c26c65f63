using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>The number of threads changes no bit, and long sums keep their digits.</summary>
public class DeterminismTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Results_do_not_depend_on_the_number_of_threads(string configuration)
    {
        float[][] expected = Run(configuration, threads: 1);
        foreach (int threads in new[] { 2, 5 })
        {
            float[][] actual = Run(configuration, threads);
            for (int i = 0; i < expected.Length; i++)
            {
                // Bits, so that signed zeros and NaN count too.
                Assert.Equal(expected[i].Select(BitConverter.SingleToInt32Bits), actual[i].Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    [Fact]
    public void A_sum_of_ten_million_terms_keeps_six_digits()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Full(device, [10_000_000], 0.1f);
        double exact = 10_000_000 * (double)0.1f;
        Assert.Equal(exact, x.Sum().Item(), exact * 1e-6);
        Assert.Equal(exact / 10, x.Reshape(1_000_000, 10).Sum([0]).ToDoubles()[3], exact / 10 * 2e-6);
    }

    private static float[][] Run(string configuration, int threads)
    {
        using var device = TestDevice.Create(configuration, threads);
        using var scope = TensorScope.Begin(device);
        // Several shards in every operation.
        Tensor x = Tensor.Normal(device, [3, 401, 67], seed: 1), w = Tensor.Normal(device, [67, 301], seed: 2), b = Tensor.Normal(device, [301], seed: 3);
        foreach (Tensor leaf in new[] { x, w, b })
        {
            leaf.RequiresGrad = true;
        }

        Tensor hidden = (x.MatMul(w) + b).Gelu();
        Tensor y = hidden.Softmax(1).Square().Sum() + hidden.CumSum(1).Mean([0, 1]).Square().Sum() + hidden.Max([0, 2]).Sum();
        y.Backward();
        return [y.ToSingles(), x.Grad!.ToSingles(), w.Grad!.ToSingles(), b.Grad!.ToSingles()];
    }
}
