namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Where the memory behind a reference, view or span lies. Pointers of OpenCL C 1.2 name their address space, therefore a function is
/// translated once for each combination of spaces that it is called with.
/// </summary>
internal enum Space
{
    /// <summary>The item's own variables.</summary>
    Private,

    /// <summary>Memory of the group.</summary>
    Local,

    /// <summary>Device memory.</summary>
    Global,
}

internal static class SpaceText
{
    /// <summary>The qualifier in front of the type that is pointed to.</summary>
    internal static string Qualifier(this Space space) => space switch
    {
        Space.Global => "__global ",
        Space.Local => "__local ",
        _ => string.Empty,
    };

    /// <summary>The space in keys of functions.</summary>
    internal static char Letter(this Space space) => space switch
    {
        Space.Global => 'g',
        Space.Local => 'l',
        _ => 'p',
    };
}
