namespace G3DR.Core.Weights;

/// <summary>Finds for every name that a network needs the tensor of a file.</summary>
internal sealed class WeightMatch
{
    private const string ModulePrefix = "module.";

    private WeightMatch(WeightLoadReport report, IReadOnlyDictionary<string, WeightTensor> tensors) => (Report, Tensors) = (report, tensors);

    public WeightLoadReport Report { get; }

    /// <summary>The tensors of <see cref="WeightLoadReport.Loaded"/> by the name of the parameter.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Compares a file with what is needed.</summary>
    /// <param name="needed">Names and shapes.</param>
    /// <param name="file">The weights.</param>
    /// <param name="options">How names are changed and what is ignored.</param>
    public static WeightMatch Of(IReadOnlyDictionary<string, long[]> needed, WeightFile file, WeightLoadOptions options)
    {
        Dictionary<string, WeightTensor> found = new(StringComparer.Ordinal);
        HashSet<string> twice = new(StringComparer.Ordinal);
        List<string> order = [];
        foreach (WeightTensor tensor in Renamed(needed, file, options))
        {
            if (found.TryAdd(tensor.Name, tensor))
            {
                order.Add(tensor.Name);
            }
            else
            {
                twice.Add(tensor.Name);
            }
        }

        Dictionary<string, WeightTensor> fitting = new(StringComparer.Ordinal);
        List<string> loaded = [], missing = [], ambiguous = [];
        List<MisshapedWeight> misshaped = [];
        NamePattern[] optional = [.. options.Optional.Select(pattern => new NamePattern(pattern))];
        foreach ((string name, long[] shape) in needed)
        {
            if (!found.TryGetValue(name, out WeightTensor? tensor))
            {
                if (!Array.Exists(optional, pattern => pattern.Matches(name)))
                {
                    missing.Add(name);
                }
            }
            else if (twice.Contains(name))
            {
                ambiguous.Add(name);
            }
            else if (!SameShape(shape, tensor.Shape, options.IgnoreUnitDimensions))
            {
                misshaped.Add(new(name, shape, tensor.Shape));
            }
            else
            {
                loaded.Add(name);
                fitting.Add(name, tensor);
            }
        }

        NamePattern[] ignored = [.. options.Ignore.Select(pattern => new NamePattern(pattern))];
        ILookup<bool, string> rest = order.Where(name => !needed.ContainsKey(name)).ToLookup(name => Array.Exists(ignored, pattern => pattern.Matches(name)));
        var report = new WeightLoadReport
        {
            Source = file.Key.Length > 0 ? $"{file.Source} ({file.Key})" : file.Source,
            Loaded = loaded,
            Missing = missing,
            Unexpected = [.. rest[false]],
            Ignored = [.. rest[true]],
            Misshaped = misshaped,
            Ambiguous = ambiguous,
            Hint = Hint(missing, [.. rest[false]]),
        };
        return new(report, fitting);
    }

    private static IEnumerable<WeightTensor> Renamed(IReadOnlyDictionary<string, long[]> needed, WeightFile file, WeightLoadOptions options)
    {
        List<WeightTensor> chosen = [.. file.Tensors.Values
            .Where(tensor => tensor.Name.StartsWith(options.Prefix, StringComparison.Ordinal))
            .Select(tensor => options.Prefix.Length == 0 ? tensor : tensor.Renamed(tensor.Name[options.Prefix.Length..]))];
        if (options.StripModule
            && chosen.TrueForAll(tensor => tensor.Name.StartsWith(ModulePrefix, StringComparison.Ordinal))
            && !needed.Keys.Any(name => name.StartsWith(ModulePrefix, StringComparison.Ordinal)))
        {
            chosen = [.. chosen.Select(tensor => tensor.Renamed(tensor.Name[ModulePrefix.Length..]))];
        }

        return options.NameMap?.Apply(chosen) ?? chosen;
    }

    private static bool SameShape(long[] needed, long[] found, bool ignoreUnits) =>
        needed.AsSpan().SequenceEqual(found) || (ignoreUnits && needed.Where(size => size != 1).SequenceEqual(found.Where(size => size != 1)));

    /// <summary>A prefix that would make names fit.</summary>
    private static string Hint(List<string> missing, List<string> unexpected)
    {
        if (missing.Count == 0 || unexpected.Count == 0)
        {
            return string.Empty;
        }

        string probe = missing[0];
        HashSet<string> there = new(unexpected, StringComparer.Ordinal);
        foreach (string candidate in unexpected)
        {
            if (candidate.Length > probe.Length && candidate.EndsWith(probe, StringComparison.Ordinal))
            {
                string prefix = candidate[..^probe.Length];
                int fits = missing.Count(name => there.Contains(prefix + name));
                if (fits > missing.Count / 2)
                {
                    return $"{fits} of the missing names are there behind the prefix {SafetensorsHeader.Quote(prefix)}: load with that prefix.";
                }
            }
        }

        return string.Empty;
    }
}
