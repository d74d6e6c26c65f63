namespace G3DR.Kernels.Layout;

/// <summary>One axis of a <see cref="CopyPattern"/>.</summary>
/// <param name="Size">Length.</param>
/// <param name="SourceStep">Elements to step in the source.</param>
/// <param name="DestinationStep">Elements to step in the destination.</param>
public readonly record struct CopyAxis(int Size, long SourceStep, long DestinationStep)
{
    /// <summary>An axis of length 1, which changes nothing.</summary>
    public static CopyAxis None => new(1, 0, 0);
}

/// <summary>The axes of a block that <see cref="StridedCopy.Plain"/> copies, as many as a tensor can have, the last and fastest one first.</summary>
/// <param name="Axis0">Last axis.</param>
/// <param name="Axis1">The axis before it.</param>
/// <param name="Axis2">And so on; what a block does not have is <see cref="CopyAxis.None"/>.</param>
/// <param name="Axis3">Fourth axis from the end.</param>
/// <param name="Axis4">Fifth axis from the end.</param>
/// <param name="Axis5">Sixth axis from the end.</param>
/// <param name="Axis6">Seventh axis from the end.</param>
/// <param name="Axis7">First of eight axes.</param>
public readonly record struct CopyPattern(
    CopyAxis Axis0, CopyAxis Axis1, CopyAxis Axis2, CopyAxis Axis3, CopyAxis Axis4, CopyAxis Axis5, CopyAxis Axis6, CopyAxis Axis7)
{
    /// <summary>Most axes of a block.</summary>
    public const int MaxRank = 8;
}

/// <summary>Where one element of a <see cref="CopyPattern"/> is read and written.</summary>
/// <param name="Source">Offset in the source.</param>
/// <param name="Destination">Offset in the destination.</param>
public readonly record struct CopyPlace(long Source, long Destination)
{
    /// <summary>The place of an element.</summary>
    /// <param name="element">Number of the element, the last axis fastest.</param>
    /// <param name="pattern">Axes.</param>
    public static CopyPlace Of(int element, CopyPattern pattern)
    {
        long source = 0, destination = 0;
        int rest = element;
        Step(pattern.Axis0, ref rest, ref source, ref destination);
        Step(pattern.Axis1, ref rest, ref source, ref destination);
        Step(pattern.Axis2, ref rest, ref source, ref destination);
        Step(pattern.Axis3, ref rest, ref source, ref destination);
        Step(pattern.Axis4, ref rest, ref source, ref destination);
        Step(pattern.Axis5, ref rest, ref source, ref destination);
        Step(pattern.Axis6, ref rest, ref source, ref destination);
        Step(pattern.Axis7, ref rest, ref source, ref destination);
        return new(source, destination);
    }

    // Takes the index along one axis off the number of the element. Most blocks have two or three axes: nothing is divided for the others.
    private static void Step(CopyAxis axis, ref int rest, ref long source, ref long destination)
    {
        if (rest > 0)
        {
            int index = rest % axis.Size;
            rest /= axis.Size;
            source += index * axis.SourceStep;
            destination += index * axis.DestinationStep;
        }
    }
}
