using System.Text;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

/// <summary>Damaged files must be refused with <see cref="WeightsFormatException"/> or be read; nothing else may happen.</summary>
public class SafetensorsFuzzTests
{
    private static readonly string[] Fragments =
        ["{", "}", "[", "]", "\"", ",", ":", "null", "-1", "1e9", "9223372036854775807", "18446744073709551616", "\"dtype\"", "\"shape\"",
            "\"data_offsets\"", "\"F32\"", "\"BOOL\"", "\\ud800", "\\u0000", "__metadata__", "[[[[[[[[", "{\"a\":"];

    [Theory]
    [InlineData("malformed/ok_reference.safetensors")]
    [InlineData("malformed/ok_metadata.safetensors")]
    [InlineData("malformed/ok_reordered.safetensors")]
    [InlineData("train/schedules.safetensors")]
    public void Mutated_files_only_give_format_errors(string vector)
    {
        byte[] original = File.ReadAllBytes(Vectors.PathOf(vector));
        var random = new Random(12345);
        int rejected = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] mutated = Mutate(original, random);
            try
            {
                using SafetensorsFile file = round % 2 == 0 ? SafetensorsFile.Load(mutated) : SafetensorsFile.Load(new MemoryStream(mutated));
                foreach (WeightTensor entry in file.Entries)
                    Assert.Equal(entry.ElementCount, entry.ReadSingles().Length);
            }
            catch (WeightsFormatException)
            {
                rejected++;
            }
        }

        Assert.InRange(rejected, 1, 2999);
    }

    [Fact]
    public void Every_truncation_is_rejected()
    {
        byte[] original = File.ReadAllBytes(Vectors.PathOf("malformed/ok_metadata.safetensors"));
        for (int length = 0; length < original.Length; length++)
            Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Load(original.AsMemory(0, length)));
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        int header = Math.Min(original.Length, 8 + BitConverter.ToInt32(original, 0));
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            // Mostly in the header, where the structure is.
            int at = Math.Min(random.Next(random.Next(4) == 0 ? bytes.Count : header), bytes.Count - 1);
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
                case 3:
                    bytes.InsertRange(at, Encoding.ASCII.GetBytes(Fragments[random.Next(Fragments.Length)]));
                    break;
                default:
                    byte[] fragment = Encoding.ASCII.GetBytes(Fragments[random.Next(Fragments.Length)]);
                    for (int i = 0; i < fragment.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = fragment[i];
                    break;
            }

            if (bytes.Count == 0)
                break;
        }

        // Half the time the length field follows, or few mutations would get past it.
        if (bytes.Count > 8 && random.Next(2) == 0)
        {
            byte[] length = BitConverter.GetBytes((long)Math.Max(0, header - 8 + bytes.Count - original.Length));
            for (int i = 0; i < 8; i++)
                bytes[i] = length[i];
        }

        return [.. bytes];
    }
}
