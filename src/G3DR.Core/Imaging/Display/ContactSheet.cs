namespace G3DR.Core.Imaging;

/// <summary>A grid of labelled pictures, for example input, reconstruction, depth and novel views side by side.</summary>
public sealed class ContactSheet
{
    private readonly List<(Image Image, string Label)> _cells = [];

    /// <summary>Starts an empty sheet.</summary>
    /// <param name="columns">Pictures in a row.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="columns"/> is not positive.</exception>
    public ContactSheet(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Columns = columns;
    }

    /// <summary>Pictures in a row.</summary>
    public int Columns { get; }

    /// <summary>Pixels between pictures and around the sheet.</summary>
    public int Gap { get; init; } = 8;

    /// <summary>Size of the label's pixels; the letters are 5 x 7 of them.</summary>
    public int LabelScale { get; init; } = 1;

    /// <summary>Colour of the sheet.</summary>
    public Rgb24 Background { get; init; } = Rgb24.White;

    /// <summary>Colour of the labels.</summary>
    public Rgb24 LabelColor { get; init; } = Rgb24.Black;

    /// <summary>Number of cells so far, empty ones included.</summary>
    public int Count => _cells.Count;

    /// <summary>Adds a picture in the next cell, row by row.</summary>
    /// <param name="image">The picture; alpha is laid over the sheet's colour. Smaller pictures are centred in their cell.</param>
    /// <param name="label">Text below it, cut off where it would reach beyond the cell; characters outside ASCII appear as '?'.</param>
    /// <returns>The sheet.</returns>
    public ContactSheet Add(Image image, string label = "")
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(label);
        _cells.Add((image.ToRgb8(Background), label));
        return this;
    }

    /// <summary>Draws the sheet.</summary>
    /// <returns>An 8-bit RGB picture; all cells have the size of the largest picture.</returns>
    /// <exception cref="InvalidOperationException">No picture was added, or a setting is negative.</exception>
    public Image Render()
    {
        if (_cells.Count == 0)
            throw new InvalidOperationException("The contact sheet has no pictures.");
        if (Gap < 0 || LabelScale < 1)
            throw new InvalidOperationException($"Gap is {Gap} and LabelScale {LabelScale}; need at least 0 and 1.");
        int cellWidth = _cells.Max(cell => cell.Image.Width);
        int cellHeight = _cells.Max(cell => cell.Image.Height);
        int labelHeight = _cells.Any(cell => cell.Label.Length > 0) ? (BitmapFont.GlyphHeight + 4) * LabelScale : 0;
        int columns = Math.Min(Columns, _cells.Count);
        int rows = (_cells.Count + columns - 1) / columns;
        var sheet = new Image(checked(columns * (cellWidth + Gap) + Gap), checked(rows * (cellHeight + labelHeight + Gap) + Gap), 3);
        Fill(sheet, Background);
        for (int i = 0; i < _cells.Count; i++)
        {
            (Image image, string label) = _cells[i];
            int left = Gap + i % columns * (cellWidth + Gap);
            int top = Gap + i / columns * (cellHeight + labelHeight + Gap);
            Copy(image, sheet, left + (cellWidth - image.Width) / 2, top + (cellHeight - image.Height) / 2);
            string text = Fit(label, cellWidth);
            int textLeft = left + (cellWidth - BitmapFont.Measure(text, LabelScale)) / 2;
            BitmapFont.Draw(sheet, text, textLeft, top + cellHeight + 3 * LabelScale, LabelScale, LabelColor);
        }
        return sheet;
    }

    private string Fit(string label, int width)
    {
        int count = label.Length;
        while (count > 0 && BitmapFont.Measure(label[..count], LabelScale) > width)
            count--;
        return label[..count];
    }

    private static void Fill(Image image, Rgb24 color)
    {
        Span<byte> data = image.Data8;
        for (int i = 0; i < data.Length; i += 3)
            (data[i], data[i + 1], data[i + 2]) = (color.R, color.G, color.B);
    }

    private static void Copy(Image from, Image to, int left, int top)
    {
        for (int y = 0; y < from.Height; y++)
            from.Data8.Slice(y * from.Width * 3, from.Width * 3).CopyTo(to.Data8[(((top + y) * to.Width + left) * 3)..]);
    }
}
