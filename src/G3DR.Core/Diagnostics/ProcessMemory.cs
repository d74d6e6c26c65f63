using System.Globalization;

namespace G3DR.Core.Diagnostics;

/// <summary>Memory of this process and of the machine.</summary>
public static class ProcessMemory
{
    /// <summary>Most resident bytes this process ever had.</summary>
    public static long PeakBytes
    {
        get
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
    }

    /// <summary>Bytes of memory that this process may use (the machine's, or the container's limit).</summary>
    public static long TotalBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Reads a size such as <c>512M</c>, <c>2G</c> or a number of bytes.</summary>
    /// <exception cref="FormatException">The text is no size.</exception>
    public static long ParseSize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        int shift = 0;
        if (number.EndsWith("B", StringComparison.OrdinalIgnoreCase))
        {
            number = number[..^1];
        }

        if (number.EndsWith("i", StringComparison.OrdinalIgnoreCase))
        {
            number = number[..^1];
        }

        if (number.Length > 0)
        {
            shift = char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
            number = shift > 0 ? number[..^1] : number;
        }

        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value > 0) || value * (1L << shift) >= long.MaxValue)
        {
            throw new FormatException($"'{text}' is no memory size; write for example 512M or 2G.");
        }

        return (long)(value * (1L << shift));
    }
}
