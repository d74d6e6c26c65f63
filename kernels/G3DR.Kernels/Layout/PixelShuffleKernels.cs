using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using G3DR.Compute;

namespace G3DR.Kernels.Layout;

/// <summary>
/// Moves pixels of blocks into channels and back (Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel convolutional
/// neural network", CVPR 2016). Each is the gradient of the other. Variants: <c>plain</c> (<see cref="StridedCopy"/>, every device) and <c>simd</c>
/// (float32 on the processor). All copy exactly.
/// </summary>
public static class PixelShuffleKernels
{
    // Rows and columns of the matrices that are transposed in registers: 128-bit vectors keep up with the memory on every instruction set.
    private const int Tile = 4;

    // Blocks of more pixels than this are no factor of a network; they take the plain way.
    private const int MaxOffsets = 256;

    /// <summary>Wide to deep, blocks of pixels to channels, by the variant that suits the device.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="wide">Elements (batch, height * factor, width * factor, channels).</param>
    /// <param name="deep">Result (batch, height, width, channels * factor^2).</param>
    /// <exception cref="ArgumentException">A view has another length.</exception>
    public static void Unshuffle<T>(Accelerator device, PixelShuffleShape shape, ArrayView<T> wide, ArrayView<T> deep)
        where T : unmanaged => Run(device, shape, wide, deep, toDeep: true, plain: false);

    /// <summary>Deep to wide, channels to blocks of pixels, by the variant that suits the device.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="deep">Elements (batch, height, width, channels * factor^2).</param>
    /// <param name="wide">Result (batch, height * factor, width * factor, channels).</param>
    /// <exception cref="ArgumentException">A view has another length.</exception>
    public static void Shuffle<T>(Accelerator device, PixelShuffleShape shape, ArrayView<T> deep, ArrayView<T> wide)
        where T : unmanaged => Run(device, shape, wide, deep, toDeep: false, plain: false);

    /// <summary>The plain variant, in either direction.</summary>
    internal static void RunPlain<T>(Accelerator device, PixelShuffleShape shape, ArrayView<T> wide, ArrayView<T> deep, bool toDeep)
        where T : unmanaged => Run(device, shape, wide, deep, toDeep, plain: true);

    /// <summary>The vector variant, in either direction.</summary>
    internal static unsafe void RunVectors(Accelerator device, PixelShuffleShape shape, ArrayView<float> wide, ArrayView<float> deep, bool toDeep)
    {
        float* wideStart = wide.Pointer, deepStart = deep.Pointer;
        // Whole rows of the deep side, each with the rows of the wide side that it meets.
        Shards.For(
            device,
            shape.DeepRows,
            (start, end) =>
            {
                // Offset of each pixel of a block from its first one.
                long* pixels = stackalloc long[Math.Min(shape.Block, MaxOffsets)];
                for (long row = start; row < end; row++)
                {
                    MoveRow(shape, wideStart + (row * shape.Factor * shape.WideRow), deepStart + (row * shape.WideRow * shape.Factor), pixels, toDeep);
                }
            },
            size: Math.Max(1, Shards.Elements / (shape.WideRow * shape.Factor)));
    }

    private static void Run<T>(Accelerator device, PixelShuffleShape shape, ArrayView<T> wide, ArrayView<T> deep, bool toDeep, bool plain)
        where T : unmanaged
    {
        if (wide.Length != shape.Length || deep.Length != shape.Length)
        {
            throw new ArgumentException($"A pixel shuffle of {shape} moves {shape.Length} elements, got views of {wide.Length} and {deep.Length}.");
        }

        if (!plain && typeof(T) == typeof(float) && Shards.UseVectors(device) && shape.Block <= MaxOffsets)
        {
            RunVectors(device, shape, wide.Cast<float>(), deep.Cast<float>(), toDeep);
            return;
        }

        int channels = shape.Channels, factor = shape.Factor;
        ReadOnlySpan<int> sizes = [checked((int)shape.DeepRows), shape.Width, channels, factor, factor];
        ReadOnlySpan<long> wideStrides = [factor * shape.WideRow, (long)factor * channels, 1, shape.WideRow, channels];
        ReadOnlySpan<long> deepStrides = [factor * shape.WideRow, (long)channels * shape.Block, shape.Block, factor, 1];
        StridedCopy.Run(device, toDeep ? wide : deep, toDeep ? wideStrides : deepStrides, toDeep ? deep : wide, toDeep ? deepStrides : wideStrides, sizes, plain);
    }

    // A deep pixel is the transposed matrix of the wide pixels of its block: (pixels, channels) to (channels, pixels).
    private static unsafe void MoveRow(in PixelShuffleShape shape, float* wide, float* deep, long* pixels, bool toDeep)
    {
        int factor = shape.Factor, block = shape.Block, channels = shape.Channels;
        for (int p = 0; p < block; p++)
        {
            pixels[p] = (p / factor * shape.WideRow) + ((long)(p % factor) * channels);
        }

        int wholePixels = block - (block % Tile), wholeChannels = channels - (channels % Tile);
        for (int column = 0; column < shape.Width; column++)
        {
            float* first = wide + ((long)column * factor * channels), target = deep + ((long)column * channels * block);
            for (int p = 0; p < wholePixels; p += Tile)
            {
                for (int c = 0; c < wholeChannels; c += Tile)
                {
                    MoveTile(first + c, pixels + p, target + ((long)c * block) + p, block, toDeep);
                }

                MoveElements(first, pixels, target, block, (p, p + Tile), (wholeChannels, channels), toDeep);
            }

            MoveElements(first, pixels, target, block, (wholePixels, block), (0, channels), toDeep);
        }
    }

    private static unsafe void MoveElements(
        float* wide, long* pixels, float* deep, int block, (int Start, int End) p, (int Start, int End) c, bool toDeep)
    {
        for (int pixel = p.Start; pixel < p.End; pixel++)
        {
            for (int channel = c.Start; channel < c.End; channel++)
            {
                float* wideAt = wide + pixels[pixel] + channel, deepAt = deep + ((long)channel * block) + pixel;
                if (toDeep)
                {
                    *deepAt = *wideAt;
                }
                else
                {
                    *wideAt = *deepAt;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void MoveTile(float* wide, long* pixels, float* deep, int block, bool toDeep)
    {
        float* w0 = wide + pixels[0], w1 = wide + pixels[1], w2 = wide + pixels[2], w3 = wide + pixels[3];
        float* d0 = deep, d1 = d0 + block, d2 = d1 + block, d3 = d2 + block;
        if (toDeep)
        {
            Transpose(w0, w1, w2, w3, d0, d1, d2, d3);
        }
        else
        {
            Transpose(d0, d1, d2, d3, w0, w1, w2, w3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Transpose(float* from0, float* from1, float* from2, float* from3, float* to0, float* to1, float* to2, float* to3)
    {
        Vector128<float> a = Vector128.Load(from0), b = Vector128.Load(from1), c = Vector128.Load(from2), d = Vector128.Load(from3);
        Vector128<float> ac = ZipLow(a, c), bd = ZipLow(b, d);
        ZipLow(ac, bd).Store(to0);
        ZipHigh(ac, bd).Store(to1);
        (ac, bd) = (ZipHigh(a, c), ZipHigh(b, d));
        ZipLow(ac, bd).Store(to2);
        ZipHigh(ac, bd).Store(to3);
    }

    // a0 b0 a1 b1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    // a2 b2 a3 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
