using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Activations with their derivatives.</summary>
internal static class Activation
{
    /// <summary>softplus(x) and its derivative, the logistic function.</summary>
    public static float Softplus(float x, out float derivative)
    {
        float e = XMath.Exp(-XMath.Abs(x));
        float d = 1f / (1f + e);
        derivative = x >= 0f ? d : e * d;
        return Elementwise.Softplus.Forward(x);
    }

    /// <summary>Logistic function 1 / (1 + e^-x).</summary>
    public static float Sigmoid(float x) => 1f / (1f + XMath.Exp(-x));
}
