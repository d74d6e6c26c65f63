using System.Globalization;
using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>Makes the U-Net of a reference file.</summary>
internal static class UnetParameters
{
    /// <summary>The sizes that the configuration states.</summary>
    /// <param name="config">Configuration of the file.</param>
    /// <param name="outputChannels">Channels of the three planes together.</param>
    public static UnetOptions Options(JsonElement config, int outputChannels) => new()
    {
        Channels = config.Integer("dim"),
        Multipliers = [.. config.Items("dim_mults").Select(multiplier => checked((int)multiplier.AsNumber("dim_mults")))],
        Groups = config.Integer("groups"),
        InputChannels = config.Optional("channels") is null ? UnetOptions.Official.InputChannels : config.Integer("channels"),
        PositionChannels = config.Integer("pos_channels"),
        ImageSize = config.Integer("image_size"),
        OutputChannels = outputChannels,
    };

    /// <summary>Copies the tensors of the file into a module, and disposes the module if they do not fit.</summary>
    /// <exception cref="FormatException">A tensor is missing or has another shape.</exception>
    public static T Fill<T>(VectorRun run, T module)
        where T : Module
    {
        try
        {
            foreach ((string name, Tensor parameter) in module.State)
            {
                RequireShape(run, name, parameter.Shape.ToArray());
                using Tensor values = run.Get(name);
                parameter.CopyFrom(values);
            }

            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>Refuses sizes of the configuration that the file does not show, before anything of that size is made.</summary>
    /// <exception cref="FormatException">A tensor is missing or has another shape.</exception>
    public static void RequireSizes(VectorRun run, UnetOptions options)
    {
        RequireShape(run, "pos_embed", 1, options.PositionChannels, options.ImageSize, options.ImageSize);
        RequireShape(run, "init_conv.weight", options.Channels, checked(options.InputChannels + options.PositionChannels), 7, 7);
        RequireShape(run, "final_conv.bias", options.OutputChannels);
        for (int level = 0; level < options.Multipliers.Count; level++)
        {
            string bias = string.Create(CultureInfo.InvariantCulture, $"downs.{level}.3.{(level < options.Multipliers.Count - 1 ? "1." : string.Empty)}bias");
            RequireShape(run, bias, checked(options.Channels * options.Multipliers[level]));
        }
    }

    private static void RequireShape(VectorRun run, string name, params int[] needed)
    {
        if (!run.Contains(name) || !run.Shape(name).AsSpan().SequenceEqual(needed))
        {
            string found = run.Contains(name) ? $"shape {new Shape(run.Shape(name))}" : "none";
            throw new FormatException($"The configuration asks for '{name}' of shape ({string.Join(", ", needed)}); the file has {found}.");
        }
    }
}
