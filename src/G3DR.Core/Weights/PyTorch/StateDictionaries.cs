namespace G3DR.Core.Weights.PyTorch;

/// <summary>Chooses among the dictionaries of tensors in a checkpoint.</summary>
internal static class StateDictionaries
{
    /// <summary>The only dictionary that holds tensors at the highest level where there are such; an empty text for the top.</summary>
    /// <exception cref="WeightsFormatException">There are several.</exception>
    public static string Choose(IReadOnlyList<CheckpointEntry> entries, string source)
    {
        int depth = entries.Min(entry => entry.Depth);
        (string Dictionary, int Tensors)[] candidates = [.. entries.Where(entry => entry.Depth == depth).CountBy(entry => entry.Dictionary).Select(pair => (pair.Key, pair.Value))];
        return candidates.Length == 1
            ? candidates[0].Dictionary
            : throw new WeightsFormatException(
                $"{source} holds {candidates.Length} state dictionaries: {string.Join(", ", candidates.Select(candidate => $"{candidate.Dictionary} ({candidate.Tensors} tensors)"))}. "
                + "Choose one by its key, or the whole file by an empty key.");
    }

    /// <summary>The tensors of a dictionary, with names that begin behind it.</summary>
    /// <exception cref="WeightsFormatException">There are none, or two of one name.</exception>
    public static List<CheckpointEntry> Take(IReadOnlyList<CheckpointEntry> entries, string key, string source)
    {
        string start = key.Length == 0 ? string.Empty : $"{key}/";
        List<CheckpointEntry> taken = [.. entries.Where(entry => entry.Name.StartsWith(start, StringComparison.Ordinal)).Select(entry => entry with { Name = entry.Name[start.Length..] })];
        if (taken.Count == 0)
        {
            string there = string.Join(", ", entries.Select(entry => entry.Dictionary).Distinct(StringComparer.Ordinal).Where(name => name.Length > 0).Take(20));
            throw new WeightsFormatException(
                $"{source} has no state dictionary {SafetensorsHeader.Quote(key)}; {(there.Length > 0 ? $"it has {there}" : "its tensors stand at the top")}.");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        return taken.Find(entry => !names.Add(entry.Name)) is { Name: string twice }
            ? throw new WeightsFormatException($"{source} is malformed: the tensor {SafetensorsHeader.Quote(twice)} appears twice.")
            : taken;
    }
}
