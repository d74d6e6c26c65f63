using System.Globalization;

namespace G3DR.Core.Weights;

/// <summary>Writes weights as safetensors, in one file or a set: the way from a checkpoint to a safe file. Tensors pass through a small buffer.</summary>
public static class WeightSaver
{
    private const string Extension = ".safetensors";

    private const int ChunkElements = 1 << 17;

    /// <summary>Writes weights. The same weights and options give the same bytes.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="path">The file to create or replace. A set is written beside it: <c>name-00001-of-00002.safetensors</c> and so on, and <c>name.safetensors.index.json</c>.</param>
    /// <param name="options">Types, names, sizes of files.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="cancel">Stops the work; no file is left.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">The options leave no tensor, give two tensors one name, or name an impossible type or size.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="WeightsFormatException">Data are damaged.</exception>
    public static WeightSaveResult Save(
        WeightFile file, string path, WeightSaveOptions? options = null, IProgress<WeightProgress>? progress = null, CancellationToken cancel = default)
    {
        options ??= new();
        if (options.Dtype is not (null or WeightDtype.F16 or WeightDtype.BF16 or WeightDtype.F32 or WeightDtype.F64))
        {
            throw new ArgumentException($"Weights can be saved as F16, BF16, F32 or F64, not as {options.Dtype.Value.SafetensorsName()}.", nameof(options));
        }

        if (options.ShardBytes < 1)
        {
            throw new ArgumentException($"A file of a set needs at least 1 byte; got {options.ShardBytes}.", nameof(options));
        }

        Dictionary<string, string> metadata = new(file.Metadata, StringComparer.Ordinal);
        foreach ((string key, string value) in options.Metadata)
        {
            metadata[key] = value;
        }

        Target[] targets = [.. Rename(file, options)];
        List<Target[]> shards = Cut(targets, options.ShardBytes ?? long.MaxValue);
        var run = new Run(targets.Length, progress, cancel);
        string[] files = shards.Count == 1 ? [path] : [.. Enumerable.Range(1, shards.Count).Select(number => ShardPath(path, number, shards.Count))];
        List<string> written = [];
        try
        {
            for (int i = 0; i < files.Length; i++)
            {
                run.Write(files[i], shards[i], metadata);
                written.Add(files[i]);
            }

            if (files.Length > 1)
            {
                string index = $"{path}{WeightIndex.Extension}";
                WeightIndex.Write(index, targets.Sum(target => target.Bytes), shards.SelectMany((shard, i) => shard.Select(target => (target.Name, Path.GetFileName(files[i])))));
                written.Add(index);
            }
        }
        catch when (files.Length > 1)
        {
            // Part of a set is of no use.
            written.ForEach(File.Delete);
            throw;
        }

        return new(written, targets.Length, targets.Sum(target => target.Bytes), run.Overflowed);
    }

    private static IEnumerable<Target> Rename(WeightFile file, WeightSaveOptions options)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        IEnumerable<WeightTensor> chosen = file.Tensors.Values
            .Where(tensor => tensor.Name.StartsWith(options.Prefix, StringComparison.Ordinal))
            .Select(tensor => tensor.Renamed(tensor.Name[options.Prefix.Length..]));
        foreach (WeightTensor tensor in options.NameMap?.Apply(chosen) ?? chosen)
        {
            yield return names.Add(tensor.Name)
                ? new(tensor.Name, tensor, tensor.Dtype.IsInteger() ? tensor.Dtype : options.Dtype ?? tensor.Dtype)
                : throw new ArgumentException($"Two tensors of {file.Source} would get the name {SafetensorsHeader.Quote(tensor.Name)}.", nameof(options));
        }

        if (names.Count == 0)
        {
            throw new ArgumentException($"{file.Source} has no tensor whose name begins with {SafetensorsHeader.Quote(options.Prefix)}.", nameof(options));
        }
    }

    private static List<Target[]> Cut(Target[] targets, long most)
    {
        List<Target[]> shards = [];
        List<Target> current = [];
        long bytes = 0;
        foreach (Target target in targets)
        {
            if (current.Count > 0 && target.Bytes > most - bytes)
            {
                shards.Add([.. current]);
                current.Clear();
                bytes = 0;
            }

            current.Add(target);
            bytes += target.Bytes;
        }

        shards.Add([.. current]);
        return shards;
    }

    private static string ShardPath(string path, int number, int count)
    {
        string start = path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path[..^Extension.Length] : path;
        return string.Create(CultureInfo.InvariantCulture, $"{start}-{number:D5}-of-{count:D5}{Extension}");
    }

    private sealed record Target(string Name, WeightTensor Tensor, WeightDtype Dtype)
    {
        public long Bytes => checked(Tensor.ElementCount * Dtype.Size());
    }

    private sealed class Run(int total, IProgress<WeightProgress>? progress, CancellationToken cancel)
    {
        private int _done;

        public List<string> Overflowed { get; } = [];

        public void Write(string path, Target[] targets, Dictionary<string, string> metadata)
        {
            var writer = new SafetensorsWriter();
            foreach ((string key, string value) in metadata)
            {
                writer.Metadata.Add(key, value);
            }

            foreach (Target target in targets)
            {
                writer.Add(target.Name, target.Dtype, target.Tensor.Shape, stream => Write(target, stream));
            }

            writer.Save(path);
        }

        private void Write(Target target, Stream stream)
        {
            target.Tensor.Verify();
            if (target.Dtype == target.Tensor.Dtype)
            {
                SafetensorsWriter.Copy(target.Tensor, stream, cancel);
            }
            else
            {
                Convert(target, stream);
            }

            progress?.Report(new(++_done, total, target.Name));
        }

        private void Convert(Target target, Stream stream)
        {
            double[] values = new double[Math.Min(ChunkElements, target.Tensor.ElementCount)];
            float[] singles = new float[values.Length];
            byte[] bytes = new byte[values.Length * target.Dtype.Size()];
            bool overflowed = false;
            for (long done = 0; done < target.Tensor.ElementCount; done += values.Length)
            {
                cancel.ThrowIfCancellationRequested();
                int count = (int)Math.Min(values.Length, target.Tensor.ElementCount - done);
                Span<byte> chunk = bytes.AsSpan(0, count * target.Dtype.Size());
                Span<double> source = values.AsSpan(0, count);
                target.Tensor.CopyTo(done, source);
                target.Tensor.CopyTo(done, singles.AsSpan(0, count));
                WeightConversion.FromSingles(singles.AsSpan(0, count), target.Dtype, chunk);
                stream.Write(chunk);
                WeightConversion.ToSingles(target.Dtype, chunk, singles.AsSpan(0, count));
                for (int i = 0; i < count; i++)
                {
                    overflowed |= float.IsInfinity(singles[i]) && double.IsFinite(source[i]);
                }

                ((IElementSource)target.Tensor).Forget(done, count);
            }

            if (overflowed)
            {
                Overflowed.Add(target.Name);
            }
        }
    }
}
