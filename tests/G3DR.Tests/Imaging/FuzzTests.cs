using G3DR.Core.Imaging;

namespace G3DR.Tests.Imaging;

/// <summary>Damaged files at random, with fixed seeds: a picture or an <see cref="ImageFormatException"/>, nothing else, and no more memory than the file's size justifies.</summary>
public sealed class FuzzTests
{
    // 64 Kpixels is far above the samples' 1,500 pixels, so larger headers must be refused.
    private static readonly ImageLoadOptions Options = new() { Limits = new ImageLimits { MaxPixels = 1 << 16 } };

    [Theory]
    [InlineData("jpeg", false)]
    [InlineData("png", false)]
    [InlineData("png", true)]
    public void Damaged_files_only_give_format_errors(string kind, bool repairChecksums)
    {
        byte[][] samples = [.. VectorFile.Generated.Cases(kind, "file").Select(name => VectorFile.Generated.Read<byte>($"{kind}.{name}.file"))];
        var random = new Random(20240617);
        int readable = 0;
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] damaged = Damage(samples[i % samples.Length], random);
            if (repairChecksums)
                PngBuilder.RepairChecksums(damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Image.Load(damaged, Options);
                readable++;
            }
            catch (ImageFormatException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
        // The damage must be neither so heavy that only the first check is reached, nor without effect.
        Assert.True(refused > 500, $"{refused} refused, {readable} readable");
        if (kind == "jpeg" || repairChecksums)
            Assert.True(readable > 100, $"{refused} refused, {readable} readable");
    }

    [Fact]
    public void Random_bytes_behind_a_signature_only_give_format_errors()
    {
        var random = new Random(7);
        byte[][] signatures = [[0xFF, 0xD8, 0xFF], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]];
        for (int i = 0; i < 1000; i++)
        {
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            Assert.Throws<ImageFormatException>(() => Image.Load([.. signatures[i % 2], .. noise], Options));
        }
    }

    [Fact]
    public void Endless_scans_are_refused()
    {
        // A file that repeats its only scan over and over; every copy is valid.
        byte[] file = VectorFile.Generated.Read<byte>("jpeg.baseline_1x1.file");
        int scan = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        byte[] repeated = [.. file.AsSpan(0, scan), .. Enumerable.Repeat(file[scan..^2], 600).SelectMany(bytes => bytes), 0xFF, 0xD9];
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(repeated));
        Assert.Contains("scans", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Damage(byte[] sample, Random random)
    {
        byte[] damaged = [.. sample];
        switch (random.Next(5))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                int from = random.Next(damaged.Length);
                int count = random.Next(Math.Min(40, damaged.Length - from));
                return [.. damaged.AsSpan(0, from), .. damaged.AsSpan(from + count)];
            case 2:
                for (int i = random.Next(1, 12); i > 0; i--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                return damaged;
            case 3:
                // The headers decide most, so they are hit more often.
                damaged[random.Next(Math.Min(700, damaged.Length))] ^= (byte)(1 << random.Next(8));
                return damaged;
            default:
                int at = random.Next(damaged.Length);
                damaged.AsSpan(at, Math.Min(random.Next(1, 6), damaged.Length - at)).Fill((byte)(random.Next(2) * 255));
                return damaged;
        }
    }
}
