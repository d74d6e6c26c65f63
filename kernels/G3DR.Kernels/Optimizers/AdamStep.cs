namespace G3DR.Kernels.Optimizers;

/// <summary>
/// The numbers of one Adam step (Kingma and Ba, arXiv:1412.6980; decoupled decay by Loshchilov and Hutter, arXiv:1711.05101):
/// m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, p = keep p - rate m / (sqrt(v) unbias + epsilon).
/// </summary>
/// <param name="Rate">Learning rate / (1 - beta1^t).</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Unbias">1 / sqrt(1 - beta2^t).</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Keep">1 - learning rate * weight decay.</param>
public readonly record struct AdamStep(double Rate, double Beta1, double Beta2, double Unbias, double Epsilon, double Keep)
{
    /// <summary>The numbers of step <paramref name="step"/>.</summary>
    /// <param name="step">1 for the first step.</param>
    /// <param name="learningRate">Learning rate.</param>
    /// <param name="beta1">Decay of the first moment, also in the bias correction (as in PyTorch, where a schedule changes it).</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    public static AdamStep At(long step, double learningRate, double beta1, double beta2, double epsilon, double weightDecay) => new(
        learningRate / (1 - Math.Pow(beta1, step)), beta1, beta2, 1 / Math.Sqrt(1 - Math.Pow(beta2, step)), epsilon, 1 - (learningRate * weightDecay));
}
