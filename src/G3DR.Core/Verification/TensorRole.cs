namespace G3DR.Core.Verification;

/// <summary>What a tensor of a reference file is for.</summary>
public enum TensorRole
{
    /// <summary>An input of the computation.</summary>
    Input,

    /// <summary>A parameter of the network, an input as well.</summary>
    Param,

    /// <summary>What an output is multiplied with to make the scalar whose gradients are given.</summary>
    Cotangent,

    /// <summary>An expected result.</summary>
    Output,

    /// <summary>Values that prove that inputs made by a recipe came out right.</summary>
    Check,
}
