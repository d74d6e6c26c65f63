using System.Globalization;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Training;

/// <summary>The whole state of a fit as a safetensors file.</summary>
internal static class FitCheckpoint
{
    private const string Format = "g3dr-fit-checkpoint";

    public static void Save(string path, TriplaneScene scene, Adam planes, Adam decoder, int step, FitIdentity identity)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = Format;
        writer.Metadata["step"] = step.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["identity"] = identity.ToJson();
        foreach ((string name, Tensor tensor) in Parameters(scene))
        {
            SceneFile.Add(writer, name, tensor);
        }

        foreach (OptimizerState state in (OptimizerState[])[planes.ExportState(), decoder.ExportState()])
        {
            foreach ((string name, Tensor tensor) in state.Tensors)
            {
                SceneFile.Add(writer, "optimizer." + name, tensor);
            }

            foreach ((string name, long steps) in state.Steps)
            {
                writer.Metadata["optimizer." + name + ".steps"] = steps.ToString(CultureInfo.InvariantCulture);
            }
        }

        writer.Save(path);
    }

    public static int Load(string path, TriplaneScene scene, Adam planes, Adam decoder, FitIdentity identity)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("format", out string? format) || format != Format)
        {
            throw new WeightsFormatException($"'{path}' is no checkpoint of a fit.");
        }

        identity.Require(path, file.Metadata.TryGetValue("identity", out string? stored) ? stored : null);
        using var scope = TensorScope.Begin(scene.Accelerator);
        var parameters = Parameters(scene).ToDictionary(p => p.Name, p => (Own: p.Tensor, New: ReadLike(file, p.Name, p.Tensor)));
        OptimizerState planeState = ReadState(file, planes.ExportState()), decoderState = ReadState(file, decoder.ExportState());
        int step = (int)ReadCount(file, "step");

        // Everything was read and checked: only now is anything changed.
        foreach ((Tensor parameter, Tensor value) in parameters.Values)
        {
            parameter.CopyFrom(value);
        }

        planes.ImportState(planeState);
        decoder.ImportState(decoderState);
        return step;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Parameters(TriplaneScene scene) =>
        [("planes", scene.Planes), .. scene.Decoder.Parameters.Select(p => ("decoder." + p.Key, p.Value))];

    private static OptimizerState ReadState(SafetensorsFile file, OptimizerState own) => new(
        own.Steps.Keys.ToDictionary(name => name, name => ReadCount(file, $"optimizer.{name}.steps")),
        own.Tensors.ToDictionary(pair => pair.Key, pair => ReadLike(file, "optimizer." + pair.Key, pair.Value)));

    private static long ReadCount(SafetensorsFile file, string key) =>
        file.Metadata.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue
            ? value
            : throw new WeightsFormatException($"'{file.Source}' has no usable '{key}' in its metadata.");

    private static Tensor ReadLike(SafetensorsFile file, string name, Tensor own)
    {
        Tensor tensor = SceneFile.Read(file, name, own.Accelerator, own.Rank);
        return tensor.Shape == own.Shape ? tensor : throw new WeightsFormatException($"'{file.Source}': {name} has shape {tensor.Shape}, needs {own.Shape}.");
    }
}
