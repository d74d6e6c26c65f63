using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Training;

/// <summary>Limits gradients before a step. Parameters without a gradient do not count.</summary>
public static class GradientClipping
{
    // As in PyTorch: keeps the scaled norm a little below the limit.
    private const double Margin = 1e-6;

    /// <summary>Scales all gradients alike so that their common Euclidean norm is at most <paramref name="limit"/>.</summary>
    /// <param name="parameters">Leaves with gradients.</param>
    /// <param name="limit">Largest norm, above 0.</param>
    /// <returns>
    /// The norm before scaling. If it is infinite or not a number the gradients are left as they are, and the caller should skip the step.
    /// </returns>
    public static double ByGlobalNorm(IEnumerable<Tensor> parameters, double limit)
    {
        RequirePositive(limit);
        Tensor[] gradients = Gradients(parameters);
        double sum = 0;
        foreach (IGrouping<(Accelerator Device, DType), Tensor> alike in gradients.GroupBy(gradient => (gradient.Accelerator, gradient.DType)))
        {
            using var scope = TensorScope.Begin(alike.Key.Device);
            using IDisposable unrecorded = alike.Key.Device.NoGrad();

            // The sums stay on the device until one copy brings all of them: the host waits once.
            sum += Tensor.Concat([.. alike.Select(SquaredNorm)]).ToDoubles().Sum();
        }

        double norm = Math.Sqrt(sum);
        double scale = limit / (norm + Margin);
        if (double.IsFinite(norm) && scale < 1)
        {
            foreach (Tensor gradient in gradients)
            {
                gradient.ScaleInPlace(scale);
            }
        }

        return norm;
    }

    /// <summary>Limits every element of the gradients to [-<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    /// <param name="parameters">Leaves with gradients.</param>
    /// <param name="limit">Largest magnitude, above 0.</param>
    public static void ByValue(IEnumerable<Tensor> parameters, double limit)
    {
        RequirePositive(limit);
        foreach (Tensor gradient in Gradients(parameters))
        {
            gradient.ClampInPlace(-limit, limit);
        }
    }

    private static Tensor SquaredNorm(Tensor gradient)
    {
        using var scope = TensorScope.Begin(gradient.Accelerator);
        return scope.Keep(gradient.Square().Sum().Reshape(1));
    }

    private static Tensor[] Gradients(IEnumerable<Tensor> parameters) => [.. parameters.Select(parameter => parameter.Grad).OfType<Tensor>()];

    private static void RequirePositive(double limit)
    {
        if (!(limit > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), $"The limit needs to be above 0, got {limit}.");
        }
    }
}
