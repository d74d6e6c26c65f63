namespace G3DR.Compute.OpenCl;

/// <summary>
/// The OpenCL C text of one device function or struct of this assembly, written by the source generator for the kernels of other assemblies.
/// </summary>
/// <param name="key">What the text stands for: a function with its type arguments and the address spaces of its references, or a type.</param>
/// <param name="name">Name in the text.</param>
/// <param name="text">The definition.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DeviceUnitAttribute(string key, string name, string text) : Attribute
{
    /// <summary>What the text stands for.</summary>
    public string Key => key;

    /// <summary>Name in the text.</summary>
    public string Name => name;

    /// <summary>The definition.</summary>
    public string Text => text;

    /// <summary>Keys of the units whose definitions come before this one.</summary>
    public string[] Needs { get; set; } = [];

    /// <summary>What callers have to know about the text, in the generator's own notation.</summary>
    public string Traits { get; set; } = "";
}
