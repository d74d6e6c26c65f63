using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

/// <summary>Damaged checkpoints must be refused with <see cref="WeightsFormatException"/> or be read; nothing else may happen.</summary>
public class PyTorchFuzzTests
{
    private const int Rounds = 1500;

    // Instructions and pieces that lead somewhere.
    private static readonly byte[][] s_fragments =
    [
        "R"u8.ToArray(), "b"u8.ToArray(), "Q"u8.ToArray(), "t"u8.ToArray(), "("u8.ToArray(), "0"u8.ToArray(), "2"u8.ToArray(), "u"u8.ToArray(), "."u8.ToArray(), "}"u8.ToArray(),
        "]"u8.ToArray(), [0x81], [0x93], [0x94], [0x8b, 0xFF, 0xFF, 0xFF, 0x7F], [0x8a, 8, 255, 255, 255, 255, 255, 255, 255, 127], "X\u00ff"u8.ToArray(),
        "cos\nsystem\n"u8.ToArray(), "ccollections\nOrderedDict\n"u8.ToArray(), "h\u0001"u8.ToArray(), "j\u0001\0\0\0"u8.ToArray(), [0xFF, 0xFF, 0xFF, 0xFF], "PK\u0001\u0002"u8.ToArray(),
    ];

    [Theory]
    [InlineData("pretrained/pt_nested_zip.pt")]
    [InlineData("pretrained/pt_nested_zip_protocol4.pt")]
    [InlineData("pretrained/pt_nested_legacy.pt")]
    [InlineData("pretrained/pt_g3dr_checkpoint.pt")]
    [InlineData("malformed/zip_deflated.pt")]
    [InlineData("malformed/ok_handmade.pt")]
    public void Mutated_checkpoints_only_give_format_errors(string vector)
    {
        byte[] original = File.ReadAllBytes(Vectors.PathOf(vector));
        var random = new Random(20240611);
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("mutated.pt");
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] mutated = Mutate(original, random);
            File.WriteAllBytes(path, mutated);
            try
            {
                using WeightFile file = WeightFile.Open(path, new() { Key = string.Empty });
                foreach (WeightTensor tensor in file.Tensors.Values.Where(tensor => tensor.ElementCount < 1 << 20))
                {
                    Assert.Equal(tensor.ElementCount, tensor.ReadSingles().Length);
                }
            }
            catch (WeightsFormatException)
            {
                refused++;
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Round {round}: {error}");
            }
        }

        Assert.InRange(refused, 1, Rounds - 1);
    }

    [Theory]
    [InlineData("malformed/ok_handmade.pt")]
    [InlineData("malformed/zip_deflated.pt")]
    public void Every_truncation_of_an_archive_is_refused(string vector)
    {
        byte[] original = File.ReadAllBytes(Vectors.PathOf(vector));
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("short.pt");
        for (int length = 0; length < original.Length; length++)
        {
            File.WriteAllBytes(path, original[..length]);
            Assert.Throws<WeightsFormatException>(() => WeightFile.Open(path));
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                default:
                    byte[] fragment = s_fragments[random.Next(s_fragments.Length)];
                    for (int i = 0; i < fragment.Length && at + i < bytes.Count; i++)
                    {
                        bytes[at + i] = fragment[i];
                    }

                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }
}
