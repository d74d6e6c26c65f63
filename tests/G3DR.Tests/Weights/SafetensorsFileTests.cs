using System.Buffers.Binary;
using System.Text;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public class SafetensorsFileTests
{
    [Fact]
    public void Raw_bytes_and_parts_are_accessible()
    {
        using SafetensorsFile file = Reference();
        WeightTensor b = file["b"];
        Assert.Equal("b F32 [4]", b.ToString());
        Assert.Equal(16, b.ByteCount);
        Assert.Equal(BitConverter.GetBytes(7f), b.GetBytes(4, 4).ToArray());
        float[] part = new float[2];
        b.CopyTo(1, part);
        Assert.Equal([7, 8], part);
        double[] wide = new double[1];
        b.CopyTo(3, wide);
        Assert.Equal([9], wide);
        byte[] bytes = new byte[8];
        b.CopyBytesTo(8, bytes);
        Assert.Equal([.. BitConverter.GetBytes(8f), .. BitConverter.GetBytes(9f)], bytes);
    }

    [Fact]
    public void Access_outside_a_tensor_is_refused()
    {
        using SafetensorsFile file = Reference();
        // There is data behind "a", which must not be reachable through it.
        WeightTensor a = file["a"];
        Assert.Throws<ArgumentOutOfRangeException>(() => a.GetBytes(0, 25));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.GetBytes(24, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.GetBytes(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.GetBytes(long.MaxValue, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.GetBytes(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.CopyTo(5, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.CopyBytesTo(20, new byte[5]));
        Assert.Throws<ArgumentException>(() => a.CopyTo(new float[5]));
        Assert.Equal(0, a.GetBytes(24, 0).Length);
    }

    [Fact]
    public void Unknown_names_are_named()
    {
        using SafetensorsFile file = Reference();
        Assert.Contains("'c'", Assert.Throws<KeyNotFoundException>(() => file["c"]).Message, StringComparison.Ordinal);
        Assert.False(file.TryGet("c", out _));
        Assert.True(file.TryGet("a", out WeightTensor? a));
        Assert.Equal("a", a.Name);
        Assert.False(file.Contains("A"));
    }

    [Fact]
    public void Use_after_dispose_is_an_error_whatever_the_origin()
    {
        string path = Vectors.PathOf("malformed/ok_reference.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        foreach (SafetensorsFile file in (SafetensorsFile[])[SafetensorsFile.Open(path), SafetensorsFile.Load(bytes), SafetensorsFile.Load(new MemoryStream(bytes))])
        {
            WeightTensor a = file["a"];
            file.Dispose();
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => a.ReadSingles());
            Assert.Throws<ObjectDisposedException>(() => a.GetBytes(0, 1));
            Assert.Throws<ObjectDisposedException>(() => a.CopyBytesTo(0, new byte[1]));
        }
    }

    [Fact]
    public void Integers_are_not_cut_out_of_floating_point_numbers()
    {
        using SafetensorsFile file = Reference();
        Assert.Throws<InvalidOperationException>(() => file["a"].ReadInt64s());
    }

    [Fact]
    public async Task Many_threads_can_read_while_one_disposes()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)i)];
        var writer = new SafetensorsWriter();
        writer.Add("x", [values.Length], values);
        using var folder = new TemporaryFolder();
        writer.Save(folder.PathOf("x.safetensors"));
        SafetensorsFile file = SafetensorsFile.Open(folder.PathOf("x.safetensors"));
        WeightTensor entry = file["x"];
        using var started = new CountdownEvent(4);
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            Assert.True(values.AsSpan().SequenceEqual(entry.ReadSingles()));
            started.Signal();
            Assert.Throws<ObjectDisposedException>((Action)(() =>
            {
                while (true)
                    Assert.True(values.AsSpan().SequenceEqual(entry.ReadSingles()));
            }));
        }))];
        started.Wait();
        file.Dispose();
        await Task.WhenAll(readers);
    }

    // A sparse file: the disk holds little of its 2.5 GB.
    [Fact]
    public void Tensors_beyond_two_gigabytes_are_read_by_parts()
    {
        const long Elements = 1_300_000_000;
        string header = $$"""{"big":{"dtype":"F16","shape":[{{Elements}}],"data_offsets":[0,{{2 * Elements}}]},"after":{"dtype":"F32","shape":[1],"data_offsets":[{{2 * Elements}},{{(2 * Elements) + 4}}]} }""";
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("big.safetensors");
        using (FileStream stream = File.Create(path))
        {
            byte[] start = SafetensorsBytes.Create(header, []);
            stream.Write(start);
            stream.SetLength(start.Length + (2 * Elements) + 4);
            stream.Position = start.Length + (2 * Elements) - 2;
            byte[] end = new byte[6];
            BinaryPrimitives.WriteHalfLittleEndian(end, (Half)1.5f);
            BinaryPrimitives.WriteSingleLittleEndian(end.AsSpan(2), 2.5f);
            stream.Write(end);
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        WeightTensor big = file["big"];
        Assert.Equal(2 * Elements, big.ByteCount);
        float[] last = new float[3];
        big.CopyTo(Elements - 3, last);
        Assert.Equal([0, 0, 1.5f], last);
        Assert.Equal((Half)1.5f, BinaryPrimitives.ReadHalfLittleEndian(big.GetBytes((2 * Elements) - 2, 2)));
        Assert.Equal([2.5f], file["after"].ReadSingles());
    }

    [Fact]
    public void Tensors_longer_than_an_array_say_so_instead_of_overflowing()
    {
        long elements = Array.MaxLength + 1L;
        string header = $$"""{"big":{"dtype":"U8","shape":[{{elements}}],"data_offsets":[0,{{elements}}]} }""";
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("big.safetensors");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(SafetensorsBytes.Create(header, []));
            stream.SetLength(stream.Length + elements);
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Contains("in parts", Assert.Throws<InvalidOperationException>(() => file["big"].ReadInt64s()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_is_read_to_the_end_of_the_file_and_stays_open()
    {
        byte[] bytes = File.ReadAllBytes(Vectors.PathOf("train/losses.safetensors"));
        using var stream = new OneByteStream(bytes);
        using SafetensorsFile fromStream = SafetensorsFile.Load(stream);
        using SafetensorsFile fromFile = SafetensorsFile.Open(Vectors.PathOf("train/losses.safetensors"));
        Assert.True(stream.CanRead);
        foreach (WeightTensor entry in fromFile.Entries)
            Assert.Equal(entry.GetBytes(0, (int)entry.ByteCount).ToArray(), fromStream[entry.Name].GetBytes(0, (int)entry.ByteCount).ToArray());
    }

    [Fact]
    public void Stream_that_announces_much_and_gives_little_costs_little()
    {
        byte[] start = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(start, 99_999_999);
        string header = """{"a":{"dtype":"U8","shape":[1000000000000],"data_offsets":[0,1000000000000]}}""";
        foreach (byte[] bytes in (byte[][])[[.. start, .. Encoding.UTF8.GetBytes("{}")], SafetensorsBytes.Create(header, new byte[100])])
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Load(new OneByteStream(bytes)));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    [Theory]
    [InlineData("PK\u0003\u0004 and so on", "PyTorch")]
    [InlineData("<!DOCTYPE html><html>", "web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "git-lfs")]
    public void Files_of_another_kind_are_recognised(string content, string expected) => Assert.Contains(
        expected,
        Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Load(Encoding.Latin1.GetBytes(content))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Folder_is_an_io_error() =>
        Assert.Contains("folder", Assert.Throws<IOException>(() => SafetensorsFile.Open(AppContext.BaseDirectory)).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void Published_weights_open_and_are_finite()
    {
        string[] paths = Directory.GetFiles(Vectors.DataPath("data"), "*.safetensors", SearchOption.AllDirectories);
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Entries);
            Assert.All(file.Entries, entry => Assert.True(Array.TrueForAll(entry.ReadSingles(), float.IsFinite), entry.ToString()));
        }
    }

    private static SafetensorsFile Reference() => SafetensorsFile.Open(Vectors.PathOf("malformed/ok_reference.safetensors"));
}
