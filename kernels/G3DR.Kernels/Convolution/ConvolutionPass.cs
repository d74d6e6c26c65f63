namespace G3DR.Kernels.Convolution;

/// <summary>What is computed from what.</summary>
public enum ConvolutionPass
{
    /// <summary>The output from input and weights.</summary>
    Forward,

    /// <summary>The input's gradient from the output's gradient and weights.</summary>
    InputGradient,

    /// <summary>The weights' gradient from input and the output's gradient.</summary>
    WeightGradient,
}
