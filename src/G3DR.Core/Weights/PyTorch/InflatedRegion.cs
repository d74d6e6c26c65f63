using System.IO.Compression;
using G3DR.Core.Imaging;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>A deflated record, unpacked when it is first read. It lives as long as the file it comes from.</summary>
internal sealed class InflatedRegion(ByteRegion file, ZipRecord record, string source) : ByteRegion
{
    private readonly Lock _gate = new();
    private NativeRegion? _unpacked;

    public override ReadOnlySpan<byte> Slice(long offset, int count) => Unpacked().Slice(offset, count);

    public override void Prepare() => Unpacked();

    protected override void Release() => _unpacked?.Dispose();

    private NativeRegion Unpacked()
    {
        lock (_gate)
        {
            return _unpacked ??= Unpack();
        }
    }

    private NativeRegion Unpack()
    {
        string what = $"{source} is malformed: its record {SafetensorsHeader.Quote(record.Name)}";
        using var stream = new DeflateStream(new RegionStream(file, record.Start, record.Packed), CompressionMode.Decompress);
        NativeRegion? region = null;
        file.Enter();
        try
        {
            region = new(stream, record.Length);
            Span<byte> beyond = stackalloc byte[1];
            if (region.Read != record.Length || stream.ReadAtLeast(beyond, 1, throwOnEndOfStream: false) != 0)
            {
                throw new WeightsFormatException($"{what} does not unpack to the {record.Length} bytes that are announced.");
            }

            return Checksum(region) == record.Checksum ? region : throw new WeightsFormatException($"{what} is damaged: its checksum differs.");
        }
        catch (InvalidDataException e)
        {
            region?.Dispose();
            throw new WeightsFormatException($"{what} cannot be unpacked.", e);
        }
        catch
        {
            region?.Dispose();
            throw;
        }
        finally
        {
            file.Exit();
        }
    }

    private uint Checksum(NativeRegion region)
    {
        const int Piece = 1 << 20;
        uint running = Crc32.Start;
        for (long done = 0; done < record.Length; done += Piece)
        {
            running = Crc32.Append(running, region.Slice(done, (int)Math.Min(Piece, record.Length - done)));
        }

        return ~running;
    }
}
