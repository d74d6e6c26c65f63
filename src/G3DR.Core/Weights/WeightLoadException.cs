namespace G3DR.Core.Weights;

/// <summary>Weights do not fit the network they were to be loaded into. No tensor was changed.</summary>
public sealed class WeightLoadException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="report">What fits and what does not; its text becomes the message.</param>
    public WeightLoadException(WeightLoadReport report)
        : base(report.ToString()) => Report = report;

    /// <summary>What fits and what does not.</summary>
    public WeightLoadReport Report { get; }
}
