namespace G3DR.Core.Training;

/// <summary>
/// Cosine annealing without restarts (Loshchilov and Hutter, arXiv:1608.03983, Eq. 5): the rate falls from
/// <see cref="InitialRate"/> to <see cref="FinalRate"/> and stays there.
/// </summary>
public sealed class CosineSchedule : ILearningRateSchedule
{
    private readonly double beta1;

    /// <summary>Creates the schedule.</summary>
    /// <param name="initialRate">Rate of the first update.</param>
    /// <param name="annealingSteps">Updates after which the final rate is reached.</param>
    /// <param name="finalRate">Rate from then on.</param>
    /// <param name="beta1">Adam's first moment decay, constant.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is negative or not finite, the number of steps is not
    /// positive, or beta1 is outside [0, 1).</exception>
    public CosineSchedule(double initialRate, long annealingSteps, double finalRate = 0, double beta1 = 0.9)
    {
        ScheduleMath.Rate(initialRate, nameof(initialRate));
        ScheduleMath.Rate(finalRate, nameof(finalRate));
        ScheduleMath.Decay(beta1, nameof(beta1));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(annealingSteps);
        InitialRate = initialRate;
        FinalRate = finalRate;
        AnnealingSteps = annealingSteps;
        this.beta1 = beta1;
    }

    /// <summary>Rate of the first update.</summary>
    public double InitialRate { get; }

    /// <summary>Rate from update <see cref="AnnealingSteps"/> on.</summary>
    public double FinalRate { get; }

    /// <summary>Updates after which the final rate is reached.</summary>
    public long AnnealingSteps { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double LearningRate(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return ScheduleMath.Cosine(InitialRate, FinalRate, Math.Min(step, AnnealingSteps) / (double)AnnealingSteps);
    }

    /// <inheritdoc/>
    public double Beta1(long step) => beta1;
}
