using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>A call in the body of a method, in terms of that method's own type parameters.</summary>
internal sealed class CallSite
{
    internal CallSite(IMethodSymbol target, ITypeSymbol? dispatchType, Location location)
    {
        Target = target;
        DispatchType = dispatchType;
        Location = location;
    }

    internal IMethodSymbol Target { get; }

    /// <summary>The type parameter that a static abstract member is called on; null for a direct call.</summary>
    internal ITypeSymbol? DispatchType { get; }

    internal Location Location { get; }
}

/// <summary>What one method definition does that matters to the subset; independent of who calls it and with which type arguments.</summary>
internal sealed class MethodSummary
{
    internal MethodSummary(ImmutableArray<Finding> findings, ImmutableArray<Finding> groupUses, ImmutableArray<CallSite> calls)
    {
        Findings = findings;
        GroupUses = groupUses;
        Calls = calls;
    }

    internal ImmutableArray<Finding> Findings { get; }

    /// <summary>What is right in a kernel that runs in groups, and wrong in one with an index.</summary>
    internal ImmutableArray<Finding> GroupUses { get; }

    /// <summary>The calls whose targets have to be followed.</summary>
    internal ImmutableArray<CallSite> Calls { get; }
}
