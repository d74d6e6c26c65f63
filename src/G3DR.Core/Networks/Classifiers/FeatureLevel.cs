namespace G3DR.Core.Networks;

/// <summary>A place inside a <see cref="FeatureStack"/> where its activations are read.</summary>
/// <param name="Name">What the literature calls it, such as <c>relu3_3</c>.</param>
/// <param name="Layer">Number of the layer whose output it is.</param>
/// <param name="Channels">Channels of the activations.</param>
public sealed record FeatureLevel(string Name, int Layer, int Channels);
