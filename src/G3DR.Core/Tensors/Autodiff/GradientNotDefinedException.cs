namespace G3DR.Core.Tensors;

/// <summary>A gradient was asked through an operation that has none.</summary>
public sealed class GradientNotDefinedException : InvalidOperationException
{
    /// <summary>Names the operation.</summary>
    /// <param name="operation">Name of the operation.</param>
    public GradientNotDefinedException(string operation)
        : base($"The operation '{operation}' defines no gradient. Detach its input, run it under NoGrad(), or give it a Backward.") => Operation = operation;

    /// <summary>Name of the operation.</summary>
    public string Operation { get; }
}
