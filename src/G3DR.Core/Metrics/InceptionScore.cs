using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>Mean and spread of an <see cref="InceptionScore"/> over its parts.</summary>
/// <param name="Mean">The score, from 1 to the number of classes.</param>
/// <param name="Deviation">Standard deviation of the parts' scores, divided by their number.</param>
/// <param name="Parts">Scores of the parts.</param>
public sealed record InceptionScoreResult(double Mean, double Deviation, IReadOnlyList<double> Parts);

/// <summary>
/// How distinct and how varied the classes of pictures are (Salimans et al., NeurIPS 2016): exp of the mean divergence of each picture's classes from those of all.
/// </summary>
public static class InceptionScore
{
    /// <summary>Parts that the pictures are cut into by default, as in the paper.</summary>
    public const int DefaultParts = 10;

    /// <summary>The score of a set.</summary>
    /// <typeparam name="T">float or double; all sums are taken in double.</typeparam>
    /// <param name="logits">Scores of classes before the softmax (n, classes).</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="parts">Parts of equal size, neighbouring pictures together; at most n.</param>
    /// <exception cref="ArgumentException">The length does not fit, or there are fewer pictures than parts.</exception>
    public static InceptionScoreResult Compute<T>(ReadOnlySpan<T> logits, int classes, int parts = DefaultParts)
        where T : struct, IFloatingPoint<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (logits.Length % classes != 0 || logits.Length / classes < parts)
        {
            throw new ArgumentException($"An Inception score in {parts} parts needs at least as many rows of {classes} numbers; got {logits.Length} numbers.", nameof(logits));
        }

        int rows = logits.Length / classes;
        double[] scores = new double[parts];
        for (int part = 0; part < parts; part++)
        {
            int start = (int)((long)part * rows / parts), end = (int)((long)(part + 1) * rows / parts);
            scores[part] = Score(logits[(start * classes)..(end * classes)], classes);
        }

        double mean = scores.Average();
        return new(mean, Math.Sqrt(scores.Average(score => (score - mean) * (score - mean))), scores);
    }

    private static double Score<T>(ReadOnlySpan<T> logits, int classes)
        where T : struct, IFloatingPoint<T>
    {
        int rows = logits.Length / classes;
        double[] probabilities = new double[classes], mean = new double[classes];

        // sum p (log p - log mean) = sum p log p - sum mean log mean over the rows, once the means are known.
        double negativeEntropy = 0;
        for (int row = 0; row < rows; row++)
        {
            negativeEntropy += Softmax(logits.Slice(row * classes, classes), probabilities) / rows;
            VectorSums.AddScaled(probabilities, 1.0 / rows, mean);
        }

        return Math.Exp(negativeEntropy - mean.Sum(p => p > 0 ? p * Math.Log(p) : 0));
    }

    /// <summary>Probabilities of logits, and the sum of p log p.</summary>
    private static double Softmax<T>(ReadOnlySpan<T> logits, Span<double> probabilities)
        where T : struct, IFloatingPoint<T>
    {
        double largest = double.NegativeInfinity, sum = 0, weighted = 0;
        foreach (T logit in logits)
        {
            largest = Math.Max(largest, double.CreateChecked(logit));
        }

        for (int i = 0; i < logits.Length; i++)
        {
            double below = double.CreateChecked(logits[i]) - largest;
            probabilities[i] = Math.Exp(below);
            sum += probabilities[i];
            weighted += probabilities[i] * below;
        }

        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] /= sum;
        }

        return (weighted / sum) - Math.Log(sum);
    }
}
