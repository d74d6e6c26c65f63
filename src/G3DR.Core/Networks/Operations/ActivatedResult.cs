using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.MatMul;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// The result of a product or convolution with the activation and residual that follow it: in the same pass where the gradient can be had from the result, or where
/// none can be asked for; otherwise the product is kept and they take a pass of their own.
/// </summary>
/// <param name="activation">The activation.</param>
internal sealed class ActivatedResult(Activation activation)
{
    /// <summary>Computes a product with what follows it.</summary>
    /// <param name="activation">The activation.</param>
    /// <param name="residual">The residual, or none.</param>
    /// <param name="result">Where the result goes.</param>
    public delegate void Product(Activation activation, Tensor? residual, Tensor result);

    /// <summary>Tensors that are saved before those of the operation.</summary>
    public int Saved => activation == Activation.None ? 0 : 1;

    /// <summary>The result; what the gradient needs is saved first of all.</summary>
    /// <param name="context">Context of the forward pass.</param>
    /// <param name="result">Room for the product.</param>
    /// <param name="residual">The residual, or none.</param>
    /// <param name="product">Computes the product.</param>
    public Tensor Forward(OpContext context, Tensor result, Tensor? residual, Product product)
    {
        bool fromResult = activation == Activation.None || (activation == Activation.Relu && residual is null);
        if (fromResult || !context.IsRecorded)
        {
            product(activation, residual, result);
            Save(context, result);
            return result;
        }

        product(Activation.None, null, result);
        Save(context, result);
        Tensor activated = result.Like(result.Shape, result.ToString());
        if (result.DType == DType.Float32)
        {
            Finish<float>(result, residual, activated);
        }
        else
        {
            Finish<double>(result, residual, activated);
        }

        return activated;
    }

    /// <summary>The gradient of the product.</summary>
    /// <param name="context">Context of the backward pass.</param>
    /// <param name="g">Gradient of the result.</param>
    public Tensor Backward(OpContext context, Tensor g)
    {
        if (activation == Activation.None)
        {
            return g;
        }

        Tensor product = context.Saved[0], gradient = g.Like(g.Shape, "activation");
        if (g.DType == DType.Float32)
        {
            ActivationKernels.Backward(g.Accelerator, activation, product.View<float>(), g.View<float>(), gradient.View<float>());
        }
        else
        {
            ActivationKernels.Backward(g.Accelerator, activation, product.View<double>(), g.View<double>(), gradient.View<double>());
        }

        return gradient;
    }

    private void Save(OpContext context, Tensor result)
    {
        if (activation != Activation.None)
        {
            context.Save(result);
        }
    }

    private void Finish<T>(Tensor product, Tensor? residual, Tensor result)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ActivationKernels.Forward(product.Accelerator, activation, product.View<T>(), result.View<T>());
        new Epilogue<T>(Activation.None, residual.OptionalView<T>()).Run(product.Accelerator, result.View<T>());
    }
}
