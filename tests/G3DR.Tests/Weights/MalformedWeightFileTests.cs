using System.Text.Json;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

/// <summary>The table of malformed and hostile files, read as a user reads weights.</summary>
public sealed class MalformedWeightFileTests : IDisposable
{
    // What any of these small files may make the reader take; one that believed their claims would take gigabytes.
    private const long MostAllocation = 8 << 20;

    // This one is made here, as it is large for its content.
    private const string DeepNesting = "pickle_deep_nesting.pt";

    private static readonly float[] s_reference = [0, 1, 2, 3, 4, 5];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Table()
    {
        var rows = new TheoryData<string, string>();
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("malformed/expected.json")));
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            if (row.GetProperty("file").GetString() is string file && file != DeepNesting)
            {
                rows.Add(file, row.GetProperty("expected").GetString()!);
            }
        }

        return rows;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Table))]
    public void File_is_accepted_or_rejected_as_the_table_says(string file, string expected)
    {
        string path = Vectors.PathOf(Path.Combine("malformed", file));
        long before = GC.GetAllocatedBytesForCurrentThread();
        WeightsFormatException? refusal = Read(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocation);
        if (expected == "accept")
        {
            Assert.Null(refusal);
        }
        else if (expected == "reject")
        {
            Assert.NotNull(refusal);
        }

        if (refusal is not null)
        {
            Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
            Assert.InRange(refusal.Message.Length, path.Length + 15, path.Length + 600);
        }
    }

    [Theory]
    [InlineData("evil_os_system.pt", "system'")]
    [InlineData("evil_eval.pt", "eval'")]
    [InlineData("evil_global_unused.pt", "system'")]
    [InlineData("evil_build_setstate.pt", "save its state_dict()")]
    [InlineData("pickled_module.pt", "save its state_dict()")]
    [InlineData("unknown_storage_type.pt", "storages of this type are not supported")]
    [InlineData("html_instead.pt", "web page")]
    [InlineData("git_lfs_pointer.pt", "git-lfs pointer")]
    [InlineData("empty.pt", "It is empty")]
    [InlineData("zip_instead.safetensors", "zip archive")]
    [InlineData("zip_truncated.pt", "truncated")]
    [InlineData("missing_storage.pt", "the record of storage '0' is missing")]
    [InlineData("expand_bomb.pt", "at most")]
    public void A_refusal_says_what_is_wrong(string file, string words) =>
        Assert.Contains(words, Read(Vectors.PathOf(Path.Combine("malformed", file)))!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("cuda_device.pt")]
    [InlineData("numpy_scalars.pt")]
    [InlineData("argparse_namespace.pt")]
    [InlineData("numpy_array.pt")]
    [InlineData("zip_deflated.pt")]
    [InlineData("big_endian.pt")]
    [InlineData("ok_handmade.pt")]
    public void Unusual_files_are_read_with_the_right_values(string file)
    {
        using WeightFile opened = WeightFile.Open(Vectors.PathOf(Path.Combine("malformed", file)));
        Assert.Equal(s_reference, opened.Tensors["w"].ReadSingles());
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        string path = _folder.PathOf(DeepNesting);
        CheckpointZip.Write(path, PickleText.Raw(Enumerable.Repeat("]", 200_000).Concat(Enumerable.Repeat("a", 199_999)).ToArray<object>()));
        Assert.Contains("nested too deeply", Read(path)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_referred_to_without_end_is_refused()
    {
        // Every list holds the one before it twice, the first a tensor.
        PickleText list = PickleText.Raw("](", PickleText.Tensor("0", 1), "e");
        for (int i = 0; i < 60; i++)
        {
            list = PickleText.Raw(list, "q\u0001", "0](h\u0001h\u0001e");
        }

        string path = _folder.PathOf("bomb.pt");
        CheckpointZip.Write(path, list, ("data/0", BitConverter.GetBytes(1f)));
        Assert.Contains("refer to each other too often", Read(path)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4611686018427387904, 4611686018427387904, 0)]
    [InlineData(4611686018427387904, 3, 1)]
    public void Shapes_whose_size_overflows_are_refused(long rows, long columns, long last)
    {
        static PickleText Long(long value) => PickleText.Raw(new byte[] { 0x8a, 8 }, BitConverter.GetBytes(value));
        PickleText tensor = PickleText.Raw(
            PickleText.Global("torch._utils", "_rebuild_tensor_v2"), "((", PickleText.String("storage"), PickleText.Global("torch", "FloatStorage"), PickleText.String("0"),
            PickleText.String("cpu"), PickleText.Integer(1), "tQ", PickleText.Integer(0), "(", Long(rows), Long(columns), Long(last), "t(", Long(rows), Long(columns), Long(0), "t\u0089)tR");
        string path = _folder.PathOf("overflow.pt");
        CheckpointZip.Write(path, PickleText.Dictionary(("w", tensor)), ("data/0", BitConverter.GetBytes(1f)));
        Assert.NotNull(Read(path));
    }

    /// <summary>Opens and reads everything; gives the refusal, or null after checking values that the table states.</summary>
    private static WeightsFormatException? Read(string path)
    {
        try
        {
            using WeightFile file = WeightFile.Open(path, new() { Key = string.Empty });
            file.Verify();
            foreach (WeightTensor tensor in file.Tensors.Values)
            {
                if (tensor.ElementCount < 1 << 16)
                {
                    double[] values = tensor.ReadDoubles();
                    Assert.False(tensor.Name is "w" && !values.AsSpan().SequenceEqual([0, 1, 2, 3, 4, 5]), $"{path} was read with wrong values.");
                }
            }

            return null;
        }
        catch (WeightsFormatException refusal)
        {
            return refusal;
        }
    }
}
