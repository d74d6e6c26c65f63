using G3DR.Core.Losses;
using G3DR.Core.Networks;

namespace G3DR.Core.Training;

/// <summary>Networks that judge whole views of a fit. They stay the caller's and have to outlive it.</summary>
public sealed record FitNetworks
{
    /// <summary>Compares views with the picture for the eye.</summary>
    public Lpips? Perceptual { get; init; }

    /// <summary>Compares what novel views show with what the picture shows.</summary>
    public ISemanticEncoder? Semantic { get; init; }

    /// <summary>Whether there is any.</summary>
    internal bool Any => Perceptual is not null || Semantic is not null;

    /// <summary>Names and hashes of the weights, by which a resumed fit knows the networks again.</summary>
    internal IEnumerable<(string Name, string Value)> Identities()
    {
        if (Perceptual is not null)
        {
            yield return ("perceptual network", $"{PerceptualName} {Perceptual.Fingerprint}");
        }

        if (Semantic is not null)
        {
            yield return ("semantic network", $"{Semantic.Name} {Semantic.Fingerprint}");
        }
    }

    /// <summary>Name of the perceptual network for reports, or null.</summary>
    internal string? PerceptualName => Perceptual is null ? null : $"{Perceptual.Features.Name}{(Perceptual.HasHeads ? " with the heads of LPIPS" : string.Empty)}";
}
