namespace G3DR.Core.Networks;

/// <summary>What the two kinds of convolution layers share.</summary>
internal static class ConvolutionLayers
{
    /// <summary>Refuses impossible layers.</summary>
    public static void RequireChannels(int inputs, int outputs, int kernel, int groups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (inputs % groups != 0 || outputs % groups != 0)
        {
            throw new ArgumentException($"{groups} groups need to divide both the {inputs} channels of the input and the {outputs} of the output.");
        }
    }
}
