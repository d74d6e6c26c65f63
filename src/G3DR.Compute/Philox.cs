namespace G3DR.Compute;

/// <summary>
/// Counter-based random numbers, Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// number <c>i</c> of a stream is a function of (seed, stream, i) alone, so every device and any number of threads draws the same.
/// </summary>
[DeviceFunction]
public static class Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>The four 32-bit words of one counter.</summary>
    /// <param name="x">Word 0, replaced by the output.</param>
    /// <param name="y">Word 1, replaced by the output.</param>
    /// <param name="z">Word 2, replaced by the output.</param>
    /// <param name="w">Word 3, replaced by the output.</param>
    /// <param name="key0">Low word of the key.</param>
    /// <param name="key1">High word of the key.</param>
    public static void Rounds(ref uint x, ref uint y, ref uint z, ref uint w, uint key0, uint key1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)Multiplier0 * x, p1 = (ulong)Multiplier1 * z;
            uint nx = (uint)(p1 >> 32) ^ y ^ key0, nz = (uint)(p0 >> 32) ^ w ^ key1;
            y = (uint)p1;
            w = (uint)p0;
            x = nx;
            z = nz;
            key0 += Weyl0;
            key1 += Weyl1;
        }
    }

    /// <summary>Random word number <paramref name="index"/> of a stream.</summary>
    public static uint Word(ulong seed, uint stream, ulong index)
    {
        ulong block = index >> 2;
        uint x = (uint)block, y = (uint)(block >> 32), z = stream, w = 0;
        Rounds(ref x, ref y, ref z, ref w, (uint)seed, (uint)(seed >> 32));
        uint lane = (uint)index & 3;
        return lane == 0 ? x : lane == 1 ? y : lane == 2 ? z : w;
    }

    /// <summary>Uniform number in [0, 1), a multiple of 2^-24.</summary>
    public static float Uniform(ulong seed, uint stream, ulong index) => (Word(seed, stream, index) >> 8) * (1f / 16777216f);

    /// <summary>Standard normal number by the Box-Muller transform of words 2i and 2i + 1.</summary>
    public static float Normal(ulong seed, uint stream, ulong index)
    {
        // (0, 1] so that the logarithm is finite.
        double u = ((Word(seed, stream, 2 * index) >> 8) + 1) * (1.0 / 16777216.0);
        double v = (Word(seed, stream, (2 * index) + 1) >> 8) * (1.0 / 16777216.0);
        return (float)(XMath.Sqrt(-2 * XMath.Log(u)) * XMath.Cos(2 * Math.PI * v));
    }
}
