namespace G3DR.Kernels;

/// <summary>What the backward pass of an elementwise operation reads again.</summary>
[Flags]
public enum Saves
{
    /// <summary>Nothing but the incoming gradient.</summary>
    None = 0,

    /// <summary>The input x.</summary>
    Input = 1,

    /// <summary>The output y.</summary>
    Output = 2,
}
