using G3DR.Core.Networks;

namespace G3DR.Core.Reconstruction;

/// <summary>Counts the parts of the network as they are computed, reports them, and stops between two of them.</summary>
internal sealed class PartCounter
{
    // The time's network, the first convolution, three parts in the middle and two at the end; four in each level on the way down and four up.
    private const int OutsideOfLevels = 7, OfLevel = 2 * 4;

    private readonly IProgress<ReconstructionProgress>? _progress;
    private readonly CancellationToken _cancel;
    private readonly int _total;
    private int _done;

    public PartCounter(UnetOptions sizes, int pictures, int batchSize, IProgress<ReconstructionProgress>? progress, CancellationToken cancel)
    {
        int passes = (pictures + batchSize - 1) / batchSize;
        (_progress, _cancel, _total) = (progress, cancel, passes * (OutsideOfLevels + (OfLevel * sizes.Multipliers.Count)));
        cancel.ThrowIfCancellationRequested();
    }

    public void Done(string part)
    {
        _progress?.Report(new(part, ++_done, _total));
        _cancel.ThrowIfCancellationRequested();
    }
}
