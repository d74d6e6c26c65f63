namespace G3DR.Core.Metrics;

/// <summary>Argument checks that the metrics share.</summary>
internal static class MetricGuard
{
    public static void SameLength(int a, int b)
    {
        if (a != b)
            throw new ArgumentException($"The two inputs must have the same length, got {a} and {b} values.");
        if (a == 0)
            throw new ArgumentException("The inputs are empty; a metric needs at least one value.");
    }

    public static void PositiveFinite(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, "A positive finite number is needed.");
    }

    /// <summary>Values per map, of a batch that lies in one block.</summary>
    public static int MapLength(int length, int maps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maps);
        if (length == 0 || length % maps != 0)
            throw new ArgumentException($"{length} values cannot be divided into {maps} maps of equal, positive size.");
        return length / maps;
    }
}
