using System.Buffers.Binary;

namespace G3DR.Core.Imaging;

/// <summary>Walks through the segments of a JPEG file and hands its scans to <see cref="JpegScan"/>.</summary>
internal sealed class JpegDecoder(byte[] data, ImageLimits limits)
{
    // Real progressive files have about ten scans. Without a bound, a small file of empty scans could keep a large picture busy for hours.
    private const int MaxScans = 500;

    private readonly ushort[]?[] _quantization = new ushort[]?[4];
    private readonly JpegHuffmanTable?[] _dcTables = new JpegHuffmanTable?[4];
    private readonly JpegHuffmanTable?[] _acTables = new JpegHuffmanTable?[4];
    private JpegFrame? _frame;
    private int _restartInterval;
    private int _scans;
    private bool _jfif;
    private int? _adobeTransform;

    /// <summary>The EXIF orientation, 1 (upright) if the file has none.</summary>
    public int Orientation { get; private set; } = 1;

    public Image Decode()
    {
        int position = 2;
        while (true)
        {
            if (!FindMarker(ref position, out int marker))
            {
                // Some writers leave out the end marker; the picture is whole if every component was seen.
                if (_frame is not null && _frame.Components.All(component => component.Seen))
                    break;
                throw new ImageFormatException("JPEG: the file ends before the picture is complete (truncated).");
            }
            if (marker == 0xD9)
                break;
            // Markers without content: TEM and stray restart markers.
            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
                continue;
            ReadOnlySpan<byte> body = TakeSegment(ref position, marker);
            if (marker == 0xDA)
                position = DecodeScan(body, position);
            else
                ReadSegment(marker, body, position);
        }
        return Finish();
    }

    private bool FindMarker(ref int position, out int marker)
    {
        while (position + 1 < data.Length)
        {
            // Bytes between segments that are no marker are skipped, as all decoders do.
            if (data[position] == 0xFF && data[position + 1] is not (0 or 0xFF))
            {
                marker = data[position + 1];
                position += 2;
                return true;
            }
            position++;
        }
        marker = 0;
        return false;
    }

    private ReadOnlySpan<byte> TakeSegment(ref int position, int marker)
    {
        int length = data.Length - position < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(position));
        if (length < 2 || length > data.Length - position)
            throw new ImageFormatException($"JPEG: segment {marker:X2} at byte {position} declares {length} bytes, but {data.Length - position} are left (truncated or damaged).");
        ReadOnlySpan<byte> body = data.AsSpan(position + 2, length - 2);
        position += length;
        return body;
    }

    private void ReadSegment(int marker, ReadOnlySpan<byte> body, int position)
    {
        switch (marker)
        {
            case 0xC0 or 0xC1 or 0xC2:
                if (_frame is not null)
                    throw new ImageFormatException("JPEG: there are two frame headers.");
                _frame = JpegFrame.Parse(body, progressive: marker == 0xC2, data.Length - position, limits);
                break;
            case 0xC4:
                ReadHuffmanTables(body);
                break;
            case 0xC3:
                throw new ImageFormatException("JPEG: lossless files are not supported; convert the picture to a baseline or progressive JPEG or to PNG.");
            case >= 0xC5 and <= 0xCF:
                throw new ImageFormatException($"JPEG: coding process {marker:X2} (hierarchical or arithmetic) is not supported; convert the picture to a baseline or progressive JPEG or to PNG.");
            case 0xDB:
                ReadQuantization(body);
                break;
            case 0xDD:
                if (body.Length != 2)
                    throw new ImageFormatException("JPEG: the restart interval segment has a wrong length.");
                _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(body);
                break;
            case 0xE0:
                _jfif |= body.StartsWith("JFIF\0"u8);
                break;
            case 0xE1:
                if (body.StartsWith("Exif\0\0"u8))
                    Orientation = ExifOrientation.Read(body[6..]);
                break;
            case 0xEE:
                if (body.Length >= 12 && body.StartsWith("Adobe"u8))
                    _adobeTransform = body[11];
                break;
            default:
                // Comments, profiles, thumbnails.
                break;
        }
    }

    private void ReadQuantization(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            int wide = body[0] >> 4;
            int index = body[0] & 15;
            int length = 1 + (wide == 0 ? 64 : 128);
            if (wide > 1 || index > 3 || body.Length < length)
                throw new ImageFormatException("JPEG: a quantisation table is damaged.");
            ushort[] steps = new ushort[64];
            for (int k = 0; k < 64; k++)
                steps[k] = wide == 0 ? body[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(body[(1 + 2 * k)..]);
            _quantization[index] = steps;
            body = body[length..];
        }
    }

    private void ReadHuffmanTables(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            int kind = body[0] >> 4;
            int index = body[0] & 15;
            if (kind > 1 || index > 3 || body.Length < 17)
                throw new ImageFormatException("JPEG: a Huffman table is damaged.");
            ReadOnlySpan<byte> counts = body.Slice(1, 16);
            int total = 0;
            foreach (byte count in counts)
                total += count;
            if (total > 256 || body.Length < 17 + total)
                throw new ImageFormatException($"JPEG: a Huffman table declares {total} codes; at most 256 and the segment's {body.Length - 17} are possible.");
            (kind == 0 ? _dcTables : _acTables)[index] = new JpegHuffmanTable(counts, body.Slice(17, total));
            body = body[(17 + total)..];
        }
    }

    private int DecodeScan(ReadOnlySpan<byte> body, int position)
    {
        JpegFrame frame = _frame ?? throw new ImageFormatException("JPEG: a scan begins before the frame header.");
        if (++_scans > MaxScans)
            throw new ImageFormatException($"JPEG: more than {MaxScans} scans.");
        int count = body.IsEmpty ? 0 : body[0];
        if (count < 1 || count > frame.Components.Length || body.Length != 4 + 2 * count)
            throw new ImageFormatException($"JPEG: a scan header of {body.Length} bytes for {count} components.");
        ReadOnlySpan<byte> tail = body[(1 + 2 * count)..];
        (int First, int Last, int High, int Low) band = (tail[0], tail[1], tail[2] >> 4, tail[2] & 15);
        CheckBand(frame, count, band);

        var components = new JpegComponent[count];
        int blocksPerUnit = 0;
        for (int i = 0; i < count; i++)
        {
            byte id = body[1 + 2 * i];
            JpegComponent component = Array.Find(frame.Components, c => c.Id == id)
                ?? throw new ImageFormatException($"JPEG: a scan names component {id}, which the frame does not have.");
            if (Array.IndexOf(components, component, 0, i) >= 0)
                throw new ImageFormatException($"JPEG: a scan names component {id} twice.");
            AssignTables(frame, component, body[2 + 2 * i], band);
            components[i] = component;
            blocksPerUnit += component.H * component.V;
        }
        if (count > 1 && blocksPerUnit > 10)
            throw new ImageFormatException($"JPEG: {blocksPerUnit} blocks per coded unit; at most 10 are allowed.");
        return new JpegScan(frame, components, data, _restartInterval, band).Decode(position);
    }

    private static void CheckBand(JpegFrame frame, int componentCount, (int First, int Last, int High, int Low) band)
    {
        // Sequential files should say 0..63; some writers do not, and nothing depends on it.
        if (!frame.Progressive)
            return;
        bool dcOnly = band.First == 0 && band.Last == 0;
        bool acOnly = band.First >= 1 && band.First <= band.Last && band.Last <= 63 && componentCount == 1;
        bool bits = band.Low <= 13 && (band.High == 0 || band.High == band.Low + 1);
        if (!(dcOnly || acOnly) || !bits)
            throw new ImageFormatException($"JPEG: a progressive scan of {componentCount} components, coefficients {band.First} to {band.Last}, bits {band.High} to {band.Low} is not allowed.");
    }

    private void AssignTables(JpegFrame frame, JpegComponent component, byte selectors, (int First, int Last, int High, int Low) band)
    {
        int dc = selectors >> 4;
        int ac = selectors & 15;
        bool needsDc = band.First == 0 && band.High == 0;
        bool needsAc = !frame.Progressive || band.First > 0;
        if (!frame.Progressive)
            needsDc = true;
        component.DcTable = dc <= 3 ? _dcTables[dc] : null;
        component.AcTable = ac <= 3 ? _acTables[ac] : null;
        if ((needsDc && component.DcTable is null) || (needsAc && component.AcTable is null))
            throw new ImageFormatException($"JPEG: a scan uses the Huffman tables {dc} and {ac}, of which one was not defined.");
        component.Quantization ??= _quantization[component.QuantizationIndex]
            ?? throw new ImageFormatException($"JPEG: quantisation table {component.QuantizationIndex} was not defined.");
        component.Seen |= band.First == 0 || !frame.Progressive;
    }

    private Image Finish()
    {
        JpegFrame frame = _frame ?? throw new ImageFormatException("JPEG: the file has no frame header.");
        if (!frame.Components.All(component => component.Seen))
            throw new ImageFormatException("JPEG: the file ends before the picture is complete (truncated).");
        if (frame.Progressive)
        {
            foreach (JpegComponent component in frame.Components)
                TransformCoefficients(component);
        }
        return JpegColor.Convert(frame, ChooseColors(frame));
    }

    private static void TransformCoefficients(JpegComponent component)
    {
        ushort[] steps = component.Quantization!;
        Span<int> block = stackalloc int[64];
        for (int y = 0; y < component.BlocksY; y++)
        {
            for (int x = 0; x < component.BlocksX; x++)
            {
                ReadOnlySpan<short> stored = component.Coefficients.AsSpan(64 * (y * component.PaddedBlocksX + x), 64);
                for (int k = 0; k < 64; k++)
                    block[JpegZigzag.ToNatural[k]] = stored[k] * steps[k];
                JpegIdct.Transform(block, component.Plane.AsSpan(8 * (y * component.Stride + x)), component.Stride);
            }
        }
        component.Coefficients = [];
    }

    /// <summary>The file does not name its colour space; these are the usual conventions (JFIF, Adobe, component names).</summary>
    private JpegColors ChooseColors(JpegFrame frame)
    {
        switch (frame.Components.Length)
        {
            case 1:
                return JpegColors.Grey;
            case 4:
                return _adobeTransform is null or 0 ? JpegColors.Cmyk : JpegColors.Ycck;
            default:
                if (_jfif)
                    return JpegColors.YCbCr;
                if (_adobeTransform is not null)
                    return _adobeTransform == 0 ? JpegColors.Rgb : JpegColors.YCbCr;
                bool namedRgb = frame.Components[0].Id == 'R' && frame.Components[1].Id == 'G' && frame.Components[2].Id == 'B';
                return namedRgb ? JpegColors.Rgb : JpegColors.YCbCr;
        }
    }
}
