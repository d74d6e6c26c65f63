namespace G3DR.Core.Imaging;

/// <summary>A picture file is damaged, is of a kind that is not supported, or exceeds the caller's <see cref="ImageLimits"/>.</summary>
/// <remarks>It is an <see cref="IOException"/>, so code that guards file access also sees unreadable pictures.</remarks>
public sealed class ImageFormatException : IOException
{
    /// <summary>Creates the exception with a general message.</summary>
    public ImageFormatException()
        : base("The picture cannot be read.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was found and what is needed.</param>
    public ImageFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">What was found and what is needed.</param>
    /// <param name="innerException">The cause.</param>
    public ImageFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
