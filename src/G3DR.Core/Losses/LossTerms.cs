using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>One term of an objective.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Weight">Its factor.</param>
/// <param name="Value">Its value before the factor, a scalar.</param>
public sealed record LossTerm(string Name, double Weight, Tensor Value);

/// <summary>The terms of an objective that were computed.</summary>
/// <param name="Terms">The terms, at least one.</param>
public sealed record LossTerms(IReadOnlyList<LossTerm> Terms)
{
    /// <summary>Their weighted sum: a new scalar with gradients to all of them.</summary>
    public Tensor Total()
    {
        Tensor first = Terms[0].Value;
        using var scope = TensorScope.Begin(first.Accelerator);
        return scope.Keep(Terms.Skip(1).Aggregate(first * Terms[0].Weight, (sum, term) => sum + (term.Value * term.Weight)));
    }

    /// <summary>The value of a term, or null if it was not computed.</summary>
    /// <param name="name">Its name.</param>
    public Tensor? Find(string name) => Terms.FirstOrDefault(term => term.Name == name)?.Value;
}
