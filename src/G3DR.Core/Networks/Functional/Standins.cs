#pragma warning disable
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Normalization
{
    public enum Activation { None, Relu, Silu, Gelu, GeluTanh }
}

namespace G3DR.Core.Networks
{
    public sealed record AttentionOptions
    {
        public int Heads { get; init; } = 1;
    }

    public static partial class Functional
    {
        public static Tensor GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, float epsilon = 1e-5f, Tensor? scaleShift = null, Activation activation = Activation.None, Tensor? residual = null)
        {
            int n = x.Shape[0], c = x.Shape[^1];
            Tensor g = x.Reshape(n, -1, groups, c / groups);
            Tensor centred = g - g.Mean([1, 3], keepDims: true);
            Tensor y = (centred * centred.Square().Mean([1, 3], keepDims: true).Affine(1, epsilon).Rsqrt()).Reshape(x.Shape.AsSpan());
            if (weight is not null) y = y * weight + bias!;
            if (scaleShift is not null)
            {
                Tensor s = scaleShift.Reshape(n, 1, 1, 2 * c);
                y = y * (s.Slice(-1, 0, c).Affine(1, 1)) + s.Slice(-1, c, c);
            }
            if (activation == Activation.Silu) y = y.Silu();
            return residual is null ? y : y + residual;
        }

        public static Tensor LayerNorm(Tensor x, Tensor? weight, Tensor? bias, float epsilon)
        {
            Tensor centred = x - x.Mean([-1], keepDims: true);
            Tensor y = centred * centred.Square().Mean([-1], keepDims: true).Affine(1, epsilon).Rsqrt();
            if (weight is not null) y = y * weight;
            return bias is null ? y : y + bias;
        }

        public static Tensor BatchNorm(Tensor x, Tensor runningMean, Tensor runningVar, Tensor? weight, Tensor? bias, float epsilon, bool training, float momentum) => throw new NotSupportedException();

        private static Tensor[] Heads(Tensor qkv, int heads)
        {
            int n = qkv.Shape[0], l = qkv.Shape[1], d = qkv.Shape[2] / (3 * heads);
            Tensor all = qkv.Reshape(n, l, 3, heads, d).Permute(2, 0, 3, 1, 4);
            return [.. Enumerable.Range(0, 3).Select(i => all.Slice(0, i, 1).Reshape(n, heads, l, d))];
        }

        public static Tensor SelfAttention(Tensor qkv, AttentionOptions options)
        {
            Tensor[] p = Heads(qkv, options.Heads);
            int d = p[0].Shape[3];
            Tensor a = (p[0] * (1 / Math.Sqrt(d))).MatMul(p[1], transposeRight: true).Softmax();
            return a.MatMul(p[2]).Permute(0, 2, 1, 3).Reshape(qkv.Shape[0], qkv.Shape[1], -1);
        }

        public static Tensor LinearAttention(Tensor qkv, int heads)
        {
            Tensor[] p = Heads(qkv, heads);
            int d = p[0].Shape[3], l = qkv.Shape[1];
            Tensor context = p[1].Softmax(2).MatMul(p[2] * (1.0 / l), transposeLeft: true);
            return (p[0].Softmax(3) * (1 / Math.Sqrt(d))).MatMul(context).Permute(0, 2, 1, 3).Reshape(qkv.Shape[0], l, -1);
        }

        public static Tensor Embedding(Tensor table, ReadOnlySpan<int> indices) => table.Gather(0, indices);
    }
}
