namespace G3DR.Kernels.Convolution;

/// <summary>
/// One axis of a convolution written as a sum over taps: position i of a grid reads input <c>i * Stride + tap</c> for each tap and is stored at
/// <c>First + i * Step</c> of the result. A forward pass has one grid; the gradient of a strided one has a grid for each remainder of the position.
/// </summary>
/// <param name="Input">Size of the input.</param>
/// <param name="Count">Positions of the grid.</param>
/// <param name="Stride">Input positions between grid positions.</param>
/// <param name="Result">Size of the result.</param>
/// <param name="First">Where the first position is stored.</param>
/// <param name="Step">Result positions between grid positions.</param>
/// <param name="Taps">Input position relative to the grid and index in the kernel of each tap.</param>
internal sealed record TapAxis(int Input, int Count, int Stride, int Result, int First, int Step, (int Position, int Index)[] Taps)
{
    /// <summary>Lowest tap.</summary>
    public int Low { get; } = Taps.Length == 0 ? 0 : Taps.Min(tap => tap.Position);

    /// <summary>Highest tap.</summary>
    public int High { get; } = Taps.Length == 0 ? 0 : Taps.Max(tap => tap.Position);

    /// <summary>Whether no tap leaves the input.</summary>
    public bool IsInside => Low >= 0 && Extent(Count) + Low <= Input;

    /// <summary>Whether position i of the result is position i of the input times one weight.</summary>
    public bool IsPointwise => Taps is [(0, _)] && Stride == 1 && Step == 1 && Count == Input && Count == Result;

    /// <summary>Input positions from the lowest tap of a position to the highest of the one <paramref name="count"/> - 1 further.</summary>
    public int Extent(int count) => ((count - 1) * Stride) + High - Low + 1;

    /// <summary>An axis of positions that do not look at each other.</summary>
    public static TapAxis Pointwise(int count) => new(count, count, 1, count, 0, 1, [(0, 0)]);

    /// <summary>The axis of a forward pass.</summary>
    public static TapAxis Forward(int input, int output, int kernel, int stride, int dilation, int padding) => new(
        input, output, stride, output, 0, 1, [.. Enumerable.Range(0, kernel).Select(k => ((k * dilation) - padding, k))]);

    /// <summary>
    /// The axis of an input gradient for positions <paramref name="phase"/>, phase + stride and so on, which receive from taps of one remainder only:
    /// output o reaches input o * stride + k * dilation - padding.
    /// </summary>
    public static TapAxis Gradient(int input, int output, int kernel, int stride, int dilation, int padding, int phase)
    {
        IEnumerable<int> reaching = Enumerable.Range(0, kernel).Where(k => (phase + padding - (k * dilation)) % stride == 0);
        return new(
            output, Shards.Count(input - phase, stride), 1, input, phase, stride, [.. reaching.Select(k => ((phase + padding - (k * dilation)) / stride, k))]);
    }
}
