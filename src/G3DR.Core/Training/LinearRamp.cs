namespace G3DR.Core.Training;

/// <summary>
/// A value that moves linearly from <see cref="From"/> at <see cref="StartStep"/> to <see cref="To"/> at
/// <see cref="EndStep"/> and stays there. Before the start it follows the same line, as in the released training code
/// (linear_low2high and linear_high2low of preddy5/G3DR train.py), which never starts before step 0.
/// </summary>
public readonly record struct LinearRamp
{
    /// <summary>Creates a ramp.</summary>
    /// <param name="from">Value at the start.</param>
    /// <param name="to">Value at and after the end; larger or smaller.</param>
    /// <param name="startStep">Step of the start.</param>
    /// <param name="endStep">Step of the end.</param>
    /// <exception cref="ArgumentException">Start and end are the same step.</exception>
    public LinearRamp(double from, double to, long startStep, long endStep)
    {
        if (startStep == endStep)
            throw new ArgumentException($"A ramp needs two different steps, got {startStep} twice.", nameof(endStep));
        From = from;
        To = to;
        StartStep = startStep;
        EndStep = endStep;
    }

    /// <summary>Value at the start.</summary>
    public double From { get; }

    /// <summary>Value at and after the end.</summary>
    public double To { get; }

    /// <summary>Step of the start.</summary>
    public long StartStep { get; }

    /// <summary>Step of the end.</summary>
    public long EndStep { get; }

    /// <summary>The rising ramp of the released code: min(high, low + (high - low) (s - s0) / (s1 - s0)).</summary>
    /// <param name="step">Training step s.</param>
    /// <param name="low">Value at s0.</param>
    /// <param name="high">Value at and after s1.</param>
    /// <param name="startStep">s0.</param>
    /// <param name="endStep">s1.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">low exceeds high, or s0 = s1.</exception>
    public static double LowToHigh(long step, double low, double high, long startStep, long endStep) => low <= high
        ? new LinearRamp(low, high, startStep, endStep).At(step)
        : throw new ArgumentException($"A rising ramp cannot go from {low} to {high}.", nameof(high));

    /// <summary>The falling ramp of the released code: max(low, high - (high - low) (s - s0) / (s1 - s0)).</summary>
    /// <param name="step">Training step s.</param>
    /// <param name="high">Value at s0.</param>
    /// <param name="low">Value at and after s1.</param>
    /// <param name="startStep">s0.</param>
    /// <param name="endStep">s1.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ArgumentException">low exceeds high, or s0 = s1.</exception>
    public static double HighToLow(long step, double high, double low, long startStep, long endStep) => low <= high
        ? new LinearRamp(high, low, startStep, endStep).At(step)
        : throw new ArgumentException($"A falling ramp cannot go from {high} to {low}.", nameof(low));

    /// <summary>The value at a step.</summary>
    /// <param name="step">Training step.</param>
    /// <returns>The value, never beyond <see cref="To"/>.</returns>
    public double At(long step)
    {
        double value = From + ((To - From) * (step - StartStep) / (EndStep - StartStep));
        return To >= From ? Math.Min(To, value) : Math.Max(To, value);
    }
}
