using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public class SafetensorsWriterTests
{
    [Fact]
    public void Header_is_what_the_official_library_writes()
    {
        var writer = new SafetensorsWriter();
        writer.Add("b", [2], new float[] { 1, 2 });
        writer.Add("a", [1, 2], new float[] { 3, 4 });
        writer.Add("é\"\\\n\u0001", [], new float[] { 5 }, WeightDtype.F16);
        writer.Add("i", [1], new long[] { 6 });
        writer.Add("u", WeightDtype.U8, [3], stream => stream.Write([1, 2, 3]));
        writer.Metadata["z"] = "1";
        writer.Metadata["format"] = "pt";
        byte[] bytes = Write(writer);

        const string Expected = """
            {"__metadata__":{"format":"pt","z":"1"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},"é\"\\\n\u0001":{"dtype":"F16","shape":[],"data_offsets":[24,26]},"u":{"dtype":"U8","shape":[3],"data_offsets":[26,29]}}
            """;
        string header = SafetensorsBytes.HeaderOf(bytes);
        Assert.Equal(Expected, header.TrimEnd(' '));
        Assert.Equal(0, System.Text.Encoding.UTF8.GetByteCount(header) % 8);
        Assert.Equal([1, 2, 3], bytes[^3..]);
    }

    [Fact]
    public void Order_of_adding_makes_no_difference()
    {
        string[] names = ["x", "y", "\U0001F600", "\uFFFD", "X"];
        byte[] forward = Write(WithNames(names));
        byte[] backward = Write(WithNames([.. names.Reverse()]));
        Assert.Equal(forward, backward);
        // By UTF-8 bytes, as Rust compares: the emoji stands last, although its UTF-16 code units are smaller.
        using SafetensorsFile file = SafetensorsFile.Load(forward);
        Assert.Equal(["X", "x", "y", "\uFFFD", "\U0001F600"], file.Entries.Select(e => e.Name));
    }

    [Fact]
    public void Saving_a_loaded_file_again_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        foreach (string vector in (string[])["train/metrics.safetensors", "train/optim.safetensors", "malformed/ok_empty_tensor.safetensors", "malformed/ok_no_tensors.safetensors"])
        {
            string first = folder.PathOf("first.safetensors");
            string second = folder.PathOf("second.safetensors");
            Resave(Vectors.PathOf(vector), first);
            Resave(first, second);
            Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
            AssertSameContent(Vectors.PathOf(vector), second);
        }
    }

    [Fact]
    public void Random_sets_of_tensors_come_back_unchanged() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed =>
        {
            var random = new Random(seed);
            var writer = new SafetensorsWriter();
            var expected = new Dictionary<string, (WeightDtype Dtype, long[] Shape, byte[] Data)>();
            for (int i = random.Next(8); i > 0; i--)
            {
                string name = RandomName(random);
                long[] shape = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(5))];
                var dtype = (WeightDtype)random.Next(15);
                byte[] data = new byte[shape.Aggregate(1L, (a, b) => a * b) * dtype.Size()];
                random.NextBytes(data);
                if (expected.TryAdd(name, (dtype, shape, data)))
                    writer.Add(name, dtype, shape, stream => stream.Write(data));
            }

            for (int i = random.Next(4); i > 0; i--)
                writer.Metadata[RandomName(random)] = RandomName(random);
            byte[] bytes = Write(writer);
            using SafetensorsFile file = SafetensorsFile.Load(bytes);
            Assert.Equal(expected.Count, file.Entries.Count);
            Assert.Equal(writer.Metadata, file.Metadata);
            foreach ((string name, (WeightDtype dtype, long[] shape, byte[] data)) in expected)
            {
                Assert.Equal(dtype, file[name].Dtype);
                Assert.Equal(shape, file[name].Shape);
                Assert.Equal(data, file[name].GetBytes(0, data.Length).ToArray());
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Large_tensors_of_numbers_come_back_unchanged()
    {
        // Longer than the writer's and the reader's chunks.
        var random = new Random(3);
        float[] singles = [.. Enumerable.Range(0, 1_200_007).Select(_ => random.NextSingle())];
        double[] doubles = [.. singles.Select(x => x * 1.1)];
        long[] integers = [.. Enumerable.Range(0, 300_003).Select(_ => random.NextInt64())];
        var writer = new SafetensorsWriter();
        writer.Add("s", [singles.Length], singles);
        writer.Add("h", [singles.Length], singles, WeightDtype.F16);
        writer.Add("d", [doubles.Length], doubles);
        writer.Add("i", [3, 100_001], integers);
        using SafetensorsFile file = SafetensorsFile.Load(Write(writer));
        Assert.Equal(singles, file["s"].ReadSingles());
        Assert.Equal([.. singles.Select(x => (float)(Half)x)], file["h"].ReadSingles());
        Assert.Equal(doubles, file["d"].ReadDoubles());
        Assert.Equal(integers, file["i"].ReadInt64s());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Producer_of_the_wrong_length_leaves_the_old_file_alone(int written)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("x.safetensors");
        File.WriteAllText(path, "old");
        var writer = new SafetensorsWriter();
        writer.Add("x", WeightDtype.U8, [4], stream => stream.Write(new byte[written]));
        string message = Assert.Throws<InvalidOperationException>(() => writer.Save(path)).Message;
        Assert.Contains("'x' needs 4 bytes", message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Existing_file_is_replaced_and_a_missing_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("x.safetensors");
        File.WriteAllText(path, "old");
        new SafetensorsWriter().Save(path);
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            Assert.Empty(file.Entries);
        Assert.Single(Directory.GetFiles(folder.Path));
        string missing = folder.PathOf(Path.Combine("missing", "x.safetensors"));
        Assert.Contains("does not exist", Assert.ThrowsAny<IOException>(() => new SafetensorsWriter().Save(missing)).Message, StringComparison.Ordinal);
        Assert.Contains("a folder of that name", Assert.Throws<IOException>(() => new SafetensorsWriter().Save(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_when_it_is_added()
    {
        var writer = new SafetensorsWriter();
        writer.Add("x", [1], new float[1]);
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [2], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [-1, -1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [long.MaxValue, 2], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", new long[65], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("\ud800", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [1], new float[1], WeightDtype.I32));
        Assert.Equal(1, writer.Count);
    }

    [Fact]
    public void Gigabytes_pass_through_without_being_held()
    {
        // 3 GB, produced from one block.
        byte[] block = new byte[1 << 20];
        var writer = new SafetensorsWriter();
        writer.Add("big", WeightDtype.U8, [3, 1024, 1 << 20], stream =>
        {
            for (int i = 0; i < 3 * 1024; i++)
                stream.Write(block);
        });
        var target = new CountingStream();
        long before = GC.GetAllocatedBytesForCurrentThread();
        writer.WriteTo(target);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
        Assert.InRange(target.Count, 3L << 30, (3L << 30) + 200);
    }

    private static SafetensorsWriter WithNames(string[] names)
    {
        var writer = new SafetensorsWriter();
        foreach (string name in names)
        {
            writer.Add(name, [1], new float[] { name[0] });
            writer.Metadata[name] = name;
        }

        return writer;
    }

    private static byte[] Write(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    private static void Resave(string from, string to)
    {
        using SafetensorsFile file = SafetensorsFile.Open(from);
        var writer = new SafetensorsWriter();
        foreach (WeightTensor entry in file.Entries)
            writer.Add(entry);
        foreach ((string key, string value) in file.Metadata)
            writer.Metadata[key] = value;
        writer.Save(to);
    }

    private static void AssertSameContent(string expected, string actual)
    {
        using SafetensorsFile a = SafetensorsFile.Open(expected);
        using SafetensorsFile b = SafetensorsFile.Open(actual);
        Assert.Equal(a.Entries.Select(e => e.ToString()).Order(), b.Entries.Select(e => e.ToString()).Order());
        Assert.Equal(a.Metadata, b.Metadata);
        Assert.All(a.Entries, e => Assert.Equal(e.ReadDoubles(), b[e.Name].ReadDoubles()));
    }

    private static string RandomName(Random random)
    {
        string[] parts = ["layer", ".", "weight", "0", "é", "\"", "\\", "/", "\n", "\u0001", "漢", "\U0001F600", " ", "\u2028"];
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;
    }
}
