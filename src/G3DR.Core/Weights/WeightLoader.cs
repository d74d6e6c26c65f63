using G3DR.Core.Tensors;

namespace G3DR.Core.Weights;

/// <summary>Loads weights files into the tensors of a network.</summary>
public static class WeightLoader
{
    /// <summary>
    /// Overwrites parameters with the tensors of their names. Everything is checked before the first value is written: if this throws, no parameter was changed.
    /// </summary>
    /// <param name="parameters">The tensors of the network by name, on any device, of either element type.</param>
    /// <param name="file">The weights.</param>
    /// <param name="options">How names are matched; strict if null.</param>
    /// <param name="cancel">Stops the work before data are written.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="WeightLoadException">
    /// A tensor has another shape, or <see cref="WeightLoadOptions.Strict"/> is set and one is missing or not needed. The message names all of them.
    /// </exception>
    /// <exception cref="WeightsFormatException">Data are damaged.</exception>
    /// <exception cref="ObjectDisposedException">A parameter or the file was disposed.</exception>
    public static WeightLoadReport Load(
        IReadOnlyDictionary<string, Tensor> parameters, WeightFile file, WeightLoadOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        WeightMatch match = WeightMatch.Of(ShapesOf(parameters), file, options);
        WeightLoadReport report = match.Report;
        if (!report.Fits || (options.Strict && !report.Complete))
        {
            throw new WeightLoadException(report);
        }

        List<(Tensor Target, IElementSource Source)> items = [];
        foreach (string name in report.Loaded)
        {
            cancel.ThrowIfCancellationRequested();
            parameters[name].ThrowIfDisposed();
            match.Tensors[name].Verify();
            items.Add((parameters[name], match.Tensors[name]));
        }

        // Not to be cancelled any more: half a network is of no use to anybody.
        ElementFill.Run(items);
        return report;
    }

    /// <summary>Says what <see cref="Load"/> would find, for names and shapes of a network that need not exist.</summary>
    /// <param name="needed">Names and shapes.</param>
    /// <param name="file">The weights.</param>
    /// <param name="options">How names are matched.</param>
    public static WeightLoadReport Compare(IReadOnlyDictionary<string, long[]> needed, WeightFile file, WeightLoadOptions? options = null) =>
        WeightMatch.Of(needed, file, options ?? new()).Report;

    private static OrderedDictionary<string, long[]> ShapesOf(IReadOnlyDictionary<string, Tensor> parameters)
    {
        OrderedDictionary<string, long[]> shapes = new(StringComparer.Ordinal);
        foreach ((string name, Tensor tensor) in parameters)
        {
            shapes.Add(name, [.. tensor.Shape.Select(size => (long)size)]);
        }

        return shapes;
    }
}
