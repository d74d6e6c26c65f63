using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Rows of tables.</summary>
public class EmbeddingTests
{
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Gradients_of_repeated_rows_are_added_in_their_order(string configuration)
    {
        const int channels = 300, count = 200, rows = 7;
        int[] indices = [.. Enumerable.Range(0, count).Select(k => k * k % rows)];
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor table = Tensor.Normal(device, [rows, channels], seed: 1);
        table.RequiresGrad = true;
        Tensor y = Functional.Embedding(table, indices);
        Tensor g = Tensor.Normal(device, y.Shape, seed: 2);
        y.Backward(g);
        float[] values = table.ToSingles(), gradients = g.ToSingles(), expected = new float[values.Length];
        for (int i = 0; i < gradients.Length; i++)
        {
            expected[(indices[i / channels] * channels) + (i % channels)] += gradients[i];
        }

        Assert.Equal(indices.SelectMany(index => values.Skip(index * channels).Take(channels)), y.ToSingles());
        Assert.Equal(expected, table.Grad!.ToSingles());
    }

    [Fact]
    public void No_indices_give_no_rows_and_no_gradient()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor table = Tensor.Normal(device, [3, 2], seed: 1);
        table.RequiresGrad = true;
        Tensor y = Functional.Embedding(table, []);
        Assert.Equal(new Shape([0, 2]), y.Shape);
        y.Sum().Backward();
        Assert.Equal(new float[6], table.Grad!.ToSingles());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void An_index_outside_is_named_with_the_size_of_the_table(int index)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor table = Tensor.Zeros(device, [5, 2]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Functional.Embedding(table, [0, index]));
        Assert.Contains($"index {index} at position 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("5 rows", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Functional.Embedding(table.Reshape(10), [0]));
    }
}
