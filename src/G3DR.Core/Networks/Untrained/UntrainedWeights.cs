using System.Globalization;
using G3DR.Compute;
using G3DR.Core.IO;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>Makes checkpoints of networks that have learnt nothing: to try programs without the published weights, to time them, to start training from.</summary>
public static class UntrainedWeights
{
    /// <summary>
    /// Makes a network and writes it as safetensors, whose metadata say what it is: <c>network</c>, <c>size</c>, <c>values</c>, <c>seed</c>, <c>license</c> and
    /// <c>source</c>. The same options give the same bytes.
    /// </summary>
    /// <param name="path">The file to create or replace; it appears when it is complete.</param>
    /// <param name="device">Where the network is made: it has to fit the device's memory. The values do not depend on it.</param>
    /// <param name="options">Which network; null for the published U-Net with random values.</param>
    /// <param name="progress">Told after every tensor that was written.</param>
    /// <param name="cancel">Stops the writing; no file is left.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">There is no such size, or it cannot be stored in such a type.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="Compute.Memory.OutOfDeviceMemoryException">The network does not fit.</exception>
    public static WeightSaveResult Save(
        string path, Accelerator device, UntrainedOptions? options = null, IProgress<WeightProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        options ??= new();
        Module.RequireStorable(options.Dtype);
        string size = options.Network.Require(options.Size);
        AtomicFile.RequireTarget(path);
        bool hashed = options.Values == UntrainedValues.Hash;
        using Module network = options.Network.Create(Initializer.Random(device, options.Seed), size);
        if (hashed)
        {
            NamePattern[] kept = [.. options.Network.Fixed.Select(pattern => new NamePattern(pattern))];
            HashInit.Fill(
                network.State.Where(entry => !Array.Exists(kept, pattern => pattern.Matches(entry.Key))).ToDictionary(StringComparer.Ordinal), options.Network.HashRules);
        }

        var metadata = new Dictionary<string, string>
        {
            ["network"] = options.Network.Name,
            ["size"] = size,
            ["values"] = hashed ? $"hash {options.Network.HashRules}" : "random",
            ["license"] = "MIT",
            ["source"] = $"untrained: {options.Network.Description}, made by G3DR.Core",
        };
        if (!hashed)
        {
            metadata["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture);
        }

        network.Save(path, metadata, options.Dtype, progress, cancel);
        return new([path], network.State.Count, network.State.Values.Sum(tensor => tensor.Length) * options.Dtype.Size(), []);
    }
}
