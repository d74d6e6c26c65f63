using G3DR.Core.Tensors;

namespace G3DR.Core.Training;

/// <summary>What an optimiser has to remember between steps, for checkpoints. The tensors belong to the optimiser.</summary>
/// <param name="Steps">Steps taken so far, by parameter name.</param>
/// <param name="Tensors">Moments by name: the parameter's name followed by <c>.exp_avg</c> or <c>.exp_avg_sq</c>.</param>
public sealed record OptimizerState(IReadOnlyDictionary<string, long> Steps, IReadOnlyDictionary<string, Tensor> Tensors);
