namespace G3DR.Core.Weights;

/// <summary>
/// What the producer of a tensor writes to: passes the bytes on and counts them, since one byte too few or too many
/// would shift every tensor behind it.
/// </summary>
internal sealed class ExactLengthStream(Stream target, long expected, string tensor) : Stream
{
    private long written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > expected - written)
            throw new InvalidOperationException($"Tensor {SafetensorsHeader.Quote(tensor)} needs {expected} bytes, its producer writes more.");
        target.Write(buffer);
        written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public void CheckComplete()
    {
        if (written != expected)
            throw new InvalidOperationException($"Tensor {SafetensorsHeader.Quote(tensor)} needs {expected} bytes, its producer wrote {written}.");
    }

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
