using System.Text.Json;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public class MalformedSafetensorsTests
{
    // A reject that first took what the header claims would take 100 MB or more.
    private const long MostAllocation = 8 << 20;

    public static TheoryData<string, string> Table()
    {
        var rows = new TheoryData<string, string>();
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("malformed/expected.json")));
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            string file = row.GetProperty("file").GetString()!;
            if (file.EndsWith(".safetensors", StringComparison.Ordinal))
                rows.Add(file, row.GetProperty("expected").GetString()!);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void File_is_accepted_or_rejected_as_the_table_says(string file, string expected)
    {
        string path = Vectors.PathOf(Path.Combine("malformed", file));
        CheckOutcome(expected, () => SafetensorsFile.Open(path));
        CheckOutcome(expected, () => SafetensorsFile.Load(File.ReadAllBytes(path), file));
        CheckOutcome(expected, () => SafetensorsFile.Load(new OneByteStream(File.ReadAllBytes(path)), file));
    }

    [Fact]
    public void Accepted_files_hold_the_stated_values()
    {
        foreach (string file in (string[])["ok_reference", "ok_padded_header", "ok_metadata", "ok_reordered"])
        {
            using SafetensorsFile opened = Open($"{file}.safetensors");
            Assert.Equal([0, 1, 2, 3, 4, 5], opened["a"].ReadSingles());
            Assert.Equal([2, 3], opened["a"].Shape);
            Assert.Equal([6, 7, 8, 9], opened["b"].ReadDoubles());
            Assert.Equal(["a", "b"], opened.Entries.Select(e => e.Name));
        }

        using SafetensorsFile metadata = Open("ok_metadata.safetensors");
        Assert.Equal("pt", Assert.Single(metadata.Metadata, pair => pair.Key == "format").Value);
        using SafetensorsFile empty = Open("ok_empty_tensor.safetensors");
        Assert.Empty(empty["a"].ReadSingles());
        Assert.Equal([0, 3], empty["a"].Shape);
        using SafetensorsFile scalar = Open("ok_scalar.safetensors");
        Assert.Empty(scalar["a"].Shape);
        Assert.Single(scalar["a"].ReadSingles());
        using SafetensorsFile none = Open("ok_no_tensors.safetensors");
        Assert.Empty(none.Entries);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":{}}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4)]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"__metadata__":[]}""", 0)]
    [InlineData("""{"__metadata__":null}""", 0)]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0)]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0)]
    [InlineData("""{"__metadata__":{"a":{"b":"c"}}}""", 0)]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} {}""", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}\0", 4)]
    [InlineData("{/* c */}", 0)]
    [InlineData("{\"a", 0)]
    [InlineData("{}", 1)]
    public void Other_malformed_headers_are_rejected(string header, int dataLength) =>
        CheckOutcome("reject", () => SafetensorsFile.Load(SafetensorsBytes.Create(header, new byte[dataLength])));

    [Fact]
    public void Keys_of_later_versions_are_ignored()
    {
        const string Header = """{"a":{"dtype":"U8","shape":[1],"new":{"x":[1,{"y":null}]},"data_offsets":[0,1]}}""";
        using SafetensorsFile file = SafetensorsFile.Load(SafetensorsBytes.Create(Header, [7]));
        Assert.Equal([7], file["a"].ReadInt64s());
    }

    [Fact]
    public void Messages_name_the_file_the_tensor_and_both_sizes()
    {
        string path = Vectors.PathOf("malformed/shape_size_mismatch.safetensors");
        string message = Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("'a'", message, StringComparison.Ordinal);
        Assert.Contains("24 bytes", message, StringComparison.Ordinal);
        Assert.Contains("20", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_do_not_fill_the_message()
    {
        string name = new string('x', 100_000) + "\\n";
        byte[] file = SafetensorsBytes.Create($$"""{"{{name}}":{"shape":[1],"data_offsets":[0,4]} }""", new byte[4]);
        string message = Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Load(file)).Message;
        Assert.InRange(message.Length, 1, 300);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Missing_file_is_an_io_error() =>
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(Path.Combine(AppContext.BaseDirectory, "no such file.safetensors")));

    private static SafetensorsFile Open(string file) => SafetensorsFile.Open(Vectors.PathOf(Path.Combine("malformed", file)));

    private static void CheckOutcome(string expected, Func<SafetensorsFile> open)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        WeightsFormatException? error = null;
        try
        {
            using SafetensorsFile file = open();
            foreach (WeightTensor entry in file.Entries)
                Assert.Equal(entry.ElementCount, entry.ReadDoubles().Length);
        }
        catch (WeightsFormatException e)
        {
            error = e;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocation);
        if (expected == "accept")
            Assert.Null(error);
        else if (expected == "reject")
            Assert.NotNull(error);
        else
            Assert.Equal("accept_or_reject", expected);
    }
}
