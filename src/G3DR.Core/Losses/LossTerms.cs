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
    /// <param name="share">Further factor of a term, by its name; by default 1.</param>
    public Tensor Total(Func<string, double>? share = null)
    {
        using var scope = TensorScope.Begin(Terms[0].Value.Accelerator);
        return scope.Keep(Terms.Select(term => term.Value * (term.Weight * (share?.Invoke(term.Name) ?? 1))).Aggregate((sum, term) => sum + term));
    }

    /// <summary>The value of a term, or null if it was not computed.</summary>
    /// <param name="name">Its name.</param>
    public Tensor? Find(string name) => Terms.FirstOrDefault(term => term.Name == name)?.Value;
}
