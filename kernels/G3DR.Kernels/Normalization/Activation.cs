using G3DR.Kernels.Elementwise;

namespace G3DR.Kernels.Normalization;

/// <summary>A function that other operations apply to their result on the way.</summary>
public enum Activation
{
    /// <summary>x itself.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x sigmoid(x).</summary>
    Silu,

    /// <summary>GELU with the exact normal distribution function.</summary>
    Gelu,

    /// <summary>The tanh approximation of GELU.</summary>
    GeluTanh,

    /// <summary>x sigmoid(1.702 x).</summary>
    QuickGelu,
}

/// <summary>An elementwise operation that other kernels apply on the way; each is compiled into them.</summary>
public interface IActivation : IUnaryOp;

/// <summary>An activation for numbers of one type.</summary>
/// <typeparam name="T">Type of the numbers.</typeparam>
public interface IActivationOf<T>
{
    /// <summary>f(x).</summary>
    static abstract T Value(T x);

    /// <summary>g f'(x).</summary>
    static abstract T Gradient(T x, T g);
}

/// <summary>An activation in single precision.</summary>
/// <typeparam name="TActivation">The activation.</typeparam>
public readonly struct InSingle<TActivation> : IActivationOf<float>
    where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    public static float Value(float x) => TActivation.Forward(x);

    /// <inheritdoc/>
    public static float Gradient(float x, float g) => TActivation.Backward(x, TActivation.Forward(x), g);
}

/// <summary>An activation in double precision.</summary>
/// <typeparam name="TActivation">The activation.</typeparam>
public readonly struct InDouble<TActivation> : IActivationOf<double>
    where TActivation : struct, IActivation
{
    /// <inheritdoc/>
    public static double Value(double x) => TActivation.Reference(x);

    /// <inheritdoc/>
    public static double Gradient(double x, double g) => TActivation.ReferenceBackward(x, TActivation.Reference(x), g);
}

/// <summary>Work whose loops are compiled for an activation.</summary>
internal interface IActivationWork
{
    /// <summary>Does the work.</summary>
    void Run<TActivation>()
        where TActivation : struct, IActivation;
}

/// <summary>Work by plain kernels for numbers of one type.</summary>
/// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
internal abstract class PlainActivationWork<T> : IActivationWork
{
    /// <summary>Launches the kernel.</summary>
    public abstract void Launch<TFunction>()
        where TFunction : struct, IActivationOf<T>;

    /// <inheritdoc/>
    public void Run<TActivation>()
        where TActivation : struct, IActivation
    {
        switch (this)
        {
            case PlainActivationWork<float> single:
                single.Launch<InSingle<TActivation>>();
                break;
            case PlainActivationWork<double> wide:
                wide.Launch<InDouble<TActivation>>();
                break;
            default:
                throw new NotSupportedException($"There are activations for float and double, not for {typeof(T).Name}.");
        }
    }
}

/// <summary>Picks the type of an activation.</summary>
internal static class ActivationTypes
{
    /// <summary>Does work with an activation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such activation.</exception>
    public static void Run(Activation activation, IActivationWork work)
    {
        switch (activation)
        {
            case Activation.None:
                work.Run<Identity>();
                break;
            case Activation.Relu:
                work.Run<Relu>();
                break;
            case Activation.Silu:
                work.Run<Silu>();
                break;
            case Activation.Gelu:
                work.Run<Gelu>();
                break;
            case Activation.GeluTanh:
                work.Run<GeluTanh>();
                break;
            case Activation.QuickGelu:
                work.Run<QuickGelu>();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation.");
        }
    }
}
