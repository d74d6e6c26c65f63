namespace G3DR.Cli.Terminal;

/// <summary>Reports on the calling thread, in order, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
