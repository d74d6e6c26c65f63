using G3DR.Core.Verification;
using G3DR.Core.Weights;

namespace G3DR.Tests.Verification;

/// <summary>Copies files of reference vectors with something changed.</summary>
internal sealed class VectorEditor
{
    /// <summary>Changes the values of an output in place.</summary>
    public Action<string, double[]>? Outputs { get; init; }

    /// <summary>Gives a metadata text by its key, from the one that it had.</summary>
    public Func<string, string, string>? Metadata { get; init; }

    /// <summary>Adds tensors.</summary>
    public Action<SafetensorsWriter>? Add { get; init; }

    public void Copy(string source, string target)
    {
        using SafetensorsFile file = SafetensorsFile.Open(source);
        using ReferenceVectors vectors = ReferenceVectors.Open(source);
        var writer = new SafetensorsWriter();
        foreach ((string key, string text) in file.Metadata)
        {
            writer.Metadata[key] = Metadata?.Invoke(key, text) ?? text;
        }

        foreach (WeightTensor entry in file.Entries)
        {
            if (Outputs is null || vectors.Roles[entry.Name] != TensorRole.Output)
            {
                writer.Add(entry);
                continue;
            }

            double[] values = entry.Dtype == WeightDtype.I64 ? Array.ConvertAll(entry.ReadInt64s(), value => (double)value) : entry.ReadDoubles();
            Outputs(entry.Name, values);
            switch (entry.Dtype)
            {
                case WeightDtype.I64:
                    writer.Add(entry.Name, entry.Shape, Array.ConvertAll(values, value => (long)value));
                    break;
                case WeightDtype.F64:
                    writer.Add(entry.Name, entry.Shape, values);
                    break;
                default:
                    writer.Add(entry.Name, entry.Shape, Array.ConvertAll(values, value => (float)value));
                    break;
            }
        }

        Add?.Invoke(writer);
        writer.Save(target);
    }
}
