using System.Globalization;
using System.Text.RegularExpressions;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>midas_v21_*, midas_small_*, leres_*, boosting_merge_*: the convolutional depth networks and the network that merges their maps.</summary>
internal sealed partial class ConvolutionalDepthVerifier() : PretrainedVerifier("midas_v21_", "midas_small_", "leres_", "boosting_merge_")
{
    private const string SmallMidas = "tf_efficientnet_lite3";

    protected override bool IsLarge(ReferenceVectors vectors)
    {
        string model = vectors.Config.Text("model");
        return !model.Contains(SmallMidas, StringComparison.Ordinal) && MergeSizes(model) is not { Channels: < 64 };
    }

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        List<VectorCheck> rows = [];
        using Layer network = run.Fill(Create(run.Config.Text("model"), Initializer.Empty(run.Device, run.DType)));
        Tensor x = run.MadeImages("input");
        Tensor output = network switch
        {
            MidasNetwork midas => midas.Forward(x, run.Observe(rows)),
            LeRes leres => leres.Forward(x, run.Observe(rows)),
            _ => ((BoostingMerge)network).Forward(x, run.Observe(rows)),
        };
        rows.Add(output.Rank == 4 ? run.CheckImages("output", output) : run.Check("output", output));
        return rows;
    }

    private static Layer Create(string model, Initializer initializer) => model switch
    {
        _ when model.Contains(SmallMidas, StringComparison.Ordinal) => new MidasSmall(initializer),
        _ when model.Contains("MiDaS v2.1", StringComparison.Ordinal) => new MidasV21(initializer),
        _ when model.EndsWith("backbone=resnet50", StringComparison.Ordinal) => new LeRes(initializer, ResNetOptions.ResNet50),
        _ when model.EndsWith("backbone=resnext101", StringComparison.Ordinal) => new LeRes(initializer),
        _ when MergeSizes(model) is { } sizes => new BoostingMerge(initializer, sizes),
        _ => throw new FormatException($"The model is unknown: {model}"),
    };

    private static BoostingMergeOptions? MergeSizes(string model)
    {
        Match match = MergeModels().Match(model);
        return match.Success ? new() { Levels = Number(match, "levels"), Channels = Number(match, "channels") } : null;
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^pix2pix UnetGenerator num_downs=(?<levels>\d{1,2}) ngf=(?<channels>\d{1,3}) norm none$")]
    private static partial Regex MergeModels();
}
