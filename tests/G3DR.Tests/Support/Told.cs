namespace G3DR.Tests.Support;

/// <summary>Progress that is told at once and in order, on the thread that reports.</summary>
internal sealed class Told<T>(Action<T> told) : IProgress<T>
{
    public void Report(T value) => told(value);
}
