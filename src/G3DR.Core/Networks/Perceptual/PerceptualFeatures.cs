using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>What <see cref="Lpips"/> sees in pictures: features of unit length at every pixel of each level. Made once for a picture that many others are compared with.</summary>
public sealed class PerceptualFeatures : IDisposable
{
    internal PerceptualFeatures(IReadOnlyList<Tensor?> levels) => Levels = levels;

    /// <summary>Features (N, H', W', C) of each level that was asked for; none for the others.</summary>
    public IReadOnlyList<Tensor?> Levels { get; }

    /// <summary>Disposes the features.</summary>
    public void Dispose()
    {
        foreach (Tensor? level in Levels)
        {
            level?.Dispose();
        }
    }
}
