using System.IO.Compression;

namespace G3DR.Tests.Weights;

/// <summary>Writes hand-made checkpoints.</summary>
internal static class CheckpointZip
{
    public static void Write(string path, PickleText pickle, params (string Name, byte[] Data)[] records)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add(zip, "data.pkl", [0x80, 2, .. pickle.Bytes, (byte)'.']);
        foreach ((string name, byte[] data) in records)
        {
            Add(zip, name, data);
        }
    }

    private static void Add(ZipArchive zip, string name, byte[] data)
    {
        using Stream stream = zip.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
        stream.Write(data);
    }
}
