using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Where the decoder's parameters lie in one buffer, gains included and hidden units padded with zeros.</summary>
/// <param name="Units">Padded hidden units.</param>
/// <param name="Channels">Plane channels C.</param>
internal readonly record struct PackedDecoder(int Units, int Channels)
{
    /// <summary>First layer (units, C), the mean over planes included; (C, units) lies at 0.</summary>
    public long FirstTransposed => (long)Units * Channels;

    /// <summary>First layer's weights of the ray direction (3, units).</summary>
    public long FirstDirection => 2L * Units * Channels;

    /// <summary>Second layer (4, units).</summary>
    public long Second => FirstDirection + (3L * Units);

    /// <summary>First bias (units).</summary>
    public long FirstBias => Second + (4L * Units);

    /// <summary>Second bias (4).</summary>
    public long SecondBias => FirstBias + Units;

    /// <summary>Floats in all.</summary>
    public long Length => SecondBias + 4;
}

/// <summary>Sizes and gains of the stored decoder.</summary>
/// <param name="Hidden">Hidden units.</param>
/// <param name="Inputs">Inputs of the first layer: C or C + 3.</param>
/// <param name="FirstGain">Factor between stored and used first-layer weights.</param>
/// <param name="SecondGain">Factor between stored and used second-layer weights.</param>
/// <param name="BiasGain">Factor between stored and used biases.</param>
internal readonly record struct DecoderShape(int Hidden, int Inputs, float FirstGain, float SecondGain, float BiasGain);

/// <summary>Brings the decoder's parameters into the form that the other kernels read, and their gradients back.</summary>
internal static class DecoderKernels
{
    /// <summary>Packs what belongs to one padded hidden unit.</summary>
    /// <param name="unit">Hidden unit; those behind the last one become zero.</param>
    /// <param name="weight0">First layer (Hidden, Inputs), as stored.</param>
    /// <param name="bias0">First bias (Hidden).</param>
    /// <param name="weight2">Second layer (4, Hidden).</param>
    /// <param name="bias2">Second bias (4).</param>
    /// <param name="packed">Receives all.</param>
    /// <param name="layout">Where it goes.</param>
    /// <param name="shape">Sizes and gains.</param>
    [Kernel]
    public static void Pack(
        Index1D unit,
        ArrayView<float> weight0,
        ArrayView<float> bias0,
        ArrayView<float> weight2,
        ArrayView<float> bias2,
        ArrayView<float> packed,
        PackedDecoder layout,
        DecoderShape shape)
    {
        int u = unit.X;
        bool stored = u < shape.Hidden;
        for (int c = 0; c < layout.Channels; c++)
        {
            float weight = stored ? weight0[((long)u * shape.Inputs) + c] * shape.FirstGain / 3f : 0f;
            packed[((long)c * layout.Units) + u] = weight;
            packed[layout.FirstTransposed + ((long)u * layout.Channels) + c] = weight;
        }

        for (int axis = 0; axis < 3; axis++)
        {
            bool read = stored && layout.Channels + axis < shape.Inputs;
            packed[layout.FirstDirection + ((long)axis * layout.Units) + u] =
                read ? weight0[((long)u * shape.Inputs) + layout.Channels + axis] * shape.FirstGain : 0f;
        }

        packed[layout.FirstBias + u] = stored ? bias0[u] * shape.BiasGain : 0f;
        for (int output = 0; output < 4; output++)
        {
            packed[layout.Second + ((long)output * layout.Units) + u] = stored ? weight2[((long)output * shape.Hidden) + u] * shape.SecondGain : 0f;
        }

        if (u < 4)
        {
            packed[layout.SecondBias + u] = bias2[u] * shape.BiasGain;
        }
    }

    /// <summary>Gradient of one stored weight of the first layer.</summary>
    /// <param name="item">(input, hidden unit).</param>
    /// <param name="first">Gradient of the used weights times 3 (units, C).</param>
    /// <param name="others">Sums in the order of <see cref="DecoderSums.BlockSize"/>.</param>
    /// <param name="gradient">Receives the gradient (Hidden, Inputs).</param>
    /// <param name="layout">Sizes with padding.</param>
    /// <param name="shape">Sizes and gains.</param>
    [Kernel]
    public static void StoreFirst(
        Index2D item, ArrayView<float> first, ArrayView<float> others, ArrayView<float> gradient, PackedDecoder layout, DecoderShape shape)
    {
        int input = item.X, u = item.Y, axis = input - layout.Channels;
        gradient[((long)u * shape.Inputs) + input] = axis < 0
            ? first[((long)u * layout.Channels) + input] * shape.FirstGain / 3f
            : others[((long)(5 + axis) * layout.Units) + u] * shape.FirstGain;
    }

    /// <summary>Gradients of what else belongs to one hidden unit; the first one also stores that of the second bias.</summary>
    /// <param name="unit">Hidden unit.</param>
    /// <param name="others">Sums in the order of <see cref="DecoderSums.BlockSize"/>.</param>
    /// <param name="bias0">Receives the gradient of the first bias (Hidden).</param>
    /// <param name="weight2">Receives the gradient of the second layer (4, Hidden).</param>
    /// <param name="bias2">Receives the gradient of the second bias (4).</param>
    /// <param name="layout">Sizes with padding.</param>
    /// <param name="shape">Sizes and gains.</param>
    [Kernel]
    public static void StoreOthers(
        Index1D unit,
        ArrayView<float> others,
        ArrayView<float> bias0,
        ArrayView<float> weight2,
        ArrayView<float> bias2,
        PackedDecoder layout,
        DecoderShape shape)
    {
        int u = unit.X;
        bias0[u] = others[(4L * layout.Units) + u] * shape.BiasGain;
        for (int output = 0; output < 4; output++)
        {
            weight2[((long)output * shape.Hidden) + u] = others[((long)output * layout.Units) + u] * shape.SecondGain;
            if (u == 0)
            {
                bias2[output] = others[(8L * layout.Units) + output] * shape.BiasGain;
            }
        }
    }
}
