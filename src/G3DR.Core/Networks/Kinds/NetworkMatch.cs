using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>What a weights file was recognised as.</summary>
/// <param name="Description">Network, size and naming, such as <c>CLIP ViT-B/32, Hugging Face names</c>.</param>
/// <param name="Create">Makes the network in the sizes of the file.</param>
/// <param name="Options">How the file's tensors become the network's.</param>
public sealed record NetworkMatch(string Description, Func<Initializer, Module> Create, WeightLoadOptions Options);
