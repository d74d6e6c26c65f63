namespace G3DR.Core.Training;

/// <summary>Parameters of <see cref="OneCycleSchedule"/>, with PyTorch's defaults.</summary>
public sealed record OneCycleOptions
{
    /// <summary>Fraction of the run in which the rate rises.</summary>
    public double RisingFraction { get; init; } = 0.3;

    /// <summary>The first rate is the largest one divided by this.</summary>
    public double DivFactor { get; init; } = 25;

    /// <summary>The last rate is the first one divided by this.</summary>
    public double FinalDivFactor { get; init; } = 1e4;

    /// <summary>
    /// Whether beta1 moves against the rate. It is on by default, as in PyTorch, and then overrides the optimiser's
    /// own beta1.
    /// </summary>
    public bool CycleMomentum { get; init; } = true;

    /// <summary>beta1 where the rate is largest.</summary>
    public double SmallestBeta1 { get; init; } = 0.85;

    /// <summary>beta1 at both ends.</summary>
    public double LargestBeta1 { get; init; } = 0.95;

    /// <summary>beta1 everywhere if <see cref="CycleMomentum"/> is off.</summary>
    public double FixedBeta1 { get; init; } = 0.9;
}

/// <summary>
/// The one-cycle policy (Smith and Topin, arXiv:1708.07120) with two cosine phases, as torch.optim.lr_scheduler.OneCycleLR
/// computes it: the rate rises over the updates 0 to RisingFraction * total - 1, then falls until the last update.
/// </summary>
public sealed class OneCycleSchedule : ILearningRateSchedule
{
    private readonly OneCycleOptions options;
    private readonly double peakStep;

    /// <summary>Creates the schedule.</summary>
    /// <param name="largestRate">Rate at the peak.</param>
    /// <param name="totalSteps">Updates of the whole run.</param>
    /// <param name="options">The other parameters; null for PyTorch's defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public OneCycleSchedule(double largestRate, long totalSteps, OneCycleOptions? options = null)
    {
        options ??= new OneCycleOptions();
        ScheduleMath.Rate(largestRate, nameof(largestRate));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        if (!(options.RisingFraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.RisingFraction, "The rising fraction must be in [0, 1].");
        if (!(options.DivFactor > 0 && options.FinalDivFactor > 0))
            throw new ArgumentOutOfRangeException(nameof(options), (options.DivFactor, options.FinalDivFactor), "The divisors must be positive.");
        ScheduleMath.Decay(options.SmallestBeta1, nameof(options));
        ScheduleMath.Decay(options.LargestBeta1, nameof(options));
        ScheduleMath.Decay(options.FixedBeta1, nameof(options));
        this.options = options;
        LargestRate = largestRate;
        TotalSteps = totalSteps;
        // Not a whole number in general: the phases meet between two updates then.
        peakStep = (options.RisingFraction * totalSteps) - 1;
    }

    /// <summary>Rate at the peak.</summary>
    public double LargestRate { get; }

    /// <summary>Updates of the whole run.</summary>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or not before the end of the run.</exception>
    public double LearningRate(long step)
    {
        double first = LargestRate / options.DivFactor;
        return At(step, first, LargestRate, first / options.FinalDivFactor);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative or not before the end of the run.</exception>
    public double Beta1(long step) => options.CycleMomentum
        ? At(step, options.LargestBeta1, options.SmallestBeta1, options.LargestBeta1)
        : options.FixedBeta1;

    private double At(long step, double first, double peak, double last)
    {
        if (step < 0 || step >= TotalSteps)
            throw new ArgumentOutOfRangeException(nameof(step), step, $"The schedule was made for {TotalSteps} updates, the last of which is step {TotalSteps - 1}.");
        // A phase without length would divide 0 by 0; its only update is the peak.
        if (step == peakStep)
            return peak;
        return step < peakStep
            ? ScheduleMath.Cosine(first, peak, step / peakStep)
            : ScheduleMath.Cosine(peak, last, (step - peakStep) / (TotalSteps - 1 - peakStep));
    }
}
