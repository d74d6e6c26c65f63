namespace G3DR.Core.Weights;

/// <summary>A weights file is not what its format demands: truncated, inconsistent, hostile or of another kind.</summary>
public sealed class WeightsFormatException : FormatException
{
    /// <summary>Creates the exception with a general message.</summary>
    public WeightsFormatException()
        : base("The weights file is malformed.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what is needed.</param>
    public WeightsFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what is needed.</param>
    /// <param name="innerException">The error underneath, for example of the JSON parser.</param>
    public WeightsFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
