namespace G3DR.Core.Training;

/// <summary>What the learning-rate schedules share: argument checks and the half cosine.</summary>
internal static class ScheduleMath
{
    public static void Rate(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, "A learning rate must be finite and not negative.");
    }

    public static void Decay(double value, string name)
    {
        if (!(value >= 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, "A decay must be in [0, 1).");
    }

    /// <summary>From <paramref name="start"/> at fraction 0 to <paramref name="end"/> at fraction 1 along half a cosine.</summary>
    public static double Cosine(double start, double end, double fraction) =>
        end + ((start - end) / 2 * (1 + Math.Cos(Math.PI * fraction)));
}
