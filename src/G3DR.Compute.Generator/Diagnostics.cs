using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>
/// The diagnostics of the kernel subset. An id never changes its meaning once released; a retired id is not reused.
/// In every message {0} says which method is at fault and which kernel reaches it, {1} names the offending construct.
/// </summary>
internal static class Diagnostics
{
    private const string Category = "G3DR.Kernels";

    /// <summary>The page that explains every id, under a heading that is the id itself.</summary>
    private const string HelpPage = "docs/kernel-subset.md#";

    internal static readonly DiagnosticDescriptor NotStatic = Create(
        "KG0001", "A kernel must be static", "{0} is an instance method; a kernel has no object on the device, make it static and pass its state as parameters");

    internal static readonly DiagnosticDescriptor FirstParameter = Create(
        "KG0002", "A kernel's first parameter must be an index", "{0} must take an Index1D, Index2D or Index3D as its first parameter, but {1}");

    internal static readonly DiagnosticDescriptor ReturnsValue = Create(
        "KG0003", "A kernel must return void", "{0} returns '{1}'; a kernel returns void and writes its results through a view");

    internal static readonly DiagnosticDescriptor KernelParameter = Create(
        "KG0004", "A kernel parameter must be a view, an unmanaged scalar or a struct of them", "{0} has {1}; pass views, unmanaged scalars and structs by value");

    internal static readonly DiagnosticDescriptor ReferenceType = Create(
        "KG0005", "A kernel cannot use reference types", "{0} uses {1}, which lives on the managed heap; use a struct or a static method");

    internal static readonly DiagnosticDescriptor UnsupportedType = Create(
        "KG0006", "The type does not exist on devices", "{0} uses {1}; use bool, sbyte to ulong, float, double, an enum, or a struct of them");

    internal static readonly DiagnosticDescriptor Pointer = Create(
        "KG0007", "A kernel cannot use pointers", "{0} uses {1}; index an ArrayView or a Span from stackalloc");

    internal static readonly DiagnosticDescriptor Dynamic = Create(
        "KG0008", "A kernel cannot use dynamic", "{0} uses {1}; state the static type");

    internal static readonly DiagnosticDescriptor ObjectCreation = Create(
        "KG0009", "A kernel cannot create objects", "{0} creates {1}; only structs can be created in a kernel");

    internal static readonly DiagnosticDescriptor ManagedArray = Create(
        "KG0010", "A kernel cannot use managed arrays", "{0} uses {1}; use stackalloc with a constant length or an ArrayView");

    internal static readonly DiagnosticDescriptor Text = Create(
        "KG0011", "A kernel cannot use strings", "{0} uses {1}; write a number to a view and format it on the host");

    internal static readonly DiagnosticDescriptor Boxing = Create(
        "KG0012", "A kernel cannot box values", "{0} boxes {1}; keep the value type or make the helper generic over a struct");

    internal static readonly DiagnosticDescriptor Delegate = Create(
        "KG0013", "A kernel cannot use delegates, lambdas or capturing local functions",
        "{0} uses {1}; call a static method, or pass the operation as a type parameter with static abstract members");

    internal static readonly DiagnosticDescriptor Exception = Create(
        "KG0014", "A kernel cannot throw or catch exceptions", "{0} uses {1}; check arguments on the host before the launch");

    internal static readonly DiagnosticDescriptor Enumeration = Create(
        "KG0015", "A kernel cannot enumerate", "{0} uses {1}; write a for loop over an index");

    internal static readonly DiagnosticDescriptor Async = Create(
        "KG0016", "A kernel cannot be asynchronous", "{0} uses {1}; await the launch on the host instead");

    internal static readonly DiagnosticDescriptor Yield = Create(
        "KG0017", "A kernel cannot be an iterator", "{0} uses {1}; write the values to a view");

    internal static readonly DiagnosticDescriptor Goto = Create(
        "KG0018", "A kernel cannot use goto", "{0} uses {1}; use loops with break, continue or an early return");

    internal static readonly DiagnosticDescriptor Lock = Create(
        "KG0019", "A kernel cannot lock", "{0} uses {1}; use Atomic or Group.Barrier");

    internal static readonly DiagnosticDescriptor Using = Create(
        "KG0020", "A kernel cannot dispose resources", "{0} uses {1}; own resources on the host");

    internal static readonly DiagnosticDescriptor VirtualCall = Create(
        "KG0021", "A kernel cannot make virtual or interface calls on instances",
        "{0} calls {1}, which is dispatched at run time; call a static or struct method, or a static abstract member of a type parameter");

    internal static readonly DiagnosticDescriptor Recursion = Create(
        "KG0022", "A kernel cannot recurse", "{0} recurses: {1}; rewrite the recursion as a loop");

    internal static readonly DiagnosticDescriptor StaticState = Create(
        "KG0023", "A kernel cannot use static fields", "{0} uses {1}; make it a const or pass it as a kernel parameter");

    internal static readonly DiagnosticDescriptor LocalLength = Create(
        "KG0024", "A local array needs a constant length", "{0} allocates {1}; use a compile-time constant");

    internal static readonly DiagnosticDescriptor LocalInLoop = Create(
        "KG0025", "A local array cannot be allocated in a loop", "{0} allocates {1} inside a loop; allocate it once before the loop");

    internal static readonly DiagnosticDescriptor UseXMath = Create(
        "KG0026", "A kernel computes through XMath", "{0} calls '{1}', which has no device version; call the XMath function of that name or an operator");

    internal static readonly DiagnosticDescriptor PatternMatching = Create(
        "KG0027", "A kernel can match constants only", "{0} matches {1}; compare with ==, < and && or switch over constants");

    internal static readonly DiagnosticDescriptor ClassConstraint = Create(
        "KG0028", "A kernel's type parameter cannot be a class", "{0} uses {1}; constrain it to struct, unmanaged or an interface with static abstract members");

    internal static readonly DiagnosticDescriptor CheckedArithmetic = Create(
        "KG0029", "A kernel cannot check for overflow", "{0} uses {1}; devices wrap around, use unchecked arithmetic");

    internal static readonly DiagnosticDescriptor CallOutsideSubset = Create(
        "KG0030", "A kernel cannot call this method",
        "{0} calls '{1}', which has no source here and is no device function; write a static helper or mark it [DeviceFunction] where it is declared");

    internal static readonly DiagnosticDescriptor RefVariable = Create(
        "KG0031", "A kernel cannot keep references in variables", "{0} uses {1}; index the view each time, or pass it on as a ref argument");

    internal static readonly DiagnosticDescriptor UnsupportedConstruct = Create(
        "KG0032", "The construct cannot be translated", "{0} uses {1}, which is outside the kernel subset; write it with plain arithmetic, loops and structs");

    internal static readonly DiagnosticDescriptor Untranslatable = Create(
        "KG0033", "The construct has no translation", "{0} uses {1}, for which there is no OpenCL C; write it with plain arithmetic, loops and structs");

    internal static readonly DiagnosticDescriptor GroupInIndexKernel = Create(
        "KG0034", "A kernel with an index has no groups", "{0} uses {1}, which needs groups of items; mark the kernel [GroupKernel(size)] and take no index");

    internal static readonly DiagnosticDescriptor SharedMemoryPlace = Create(
        "KG0035", "Shared memory is allocated at the top of a group kernel",
        "{0} allocates {1}; declare it as a local at the top level of the [GroupKernel] method and pass the view on");

    internal static readonly DiagnosticDescriptor GroupSize = Create(
        "KG0036", "A group kernel needs a fixed size and takes no index", "{0} {1}; write [GroupKernel(x, y, z)] with positive sizes, and read Group.IdxX and Grid.IdxX");

    internal static readonly DiagnosticDescriptor ViewInStruct = Create(
        "KG0037", "A kernel takes views as parameters of their own", "{0} has {1}; pass the view itself, only its own parameter becomes device memory");

    internal static readonly DiagnosticDescriptor AmbiguousKernel = Create(
        "KG0038", "Kernels must differ in name or parameter types", "{0} cannot be told from {1} by its name and parameter types; rename one");

    internal static readonly DiagnosticDescriptor TooManySpecialisations = Create(
        "KG0039", "Too many combinations of type arguments", "{0} fits {1}; narrow the constraints of its type parameters");

    /// <summary>Every diagnostic, in the order of the ids.</summary>
    internal static readonly ImmutableArray<DiagnosticDescriptor> All = ImmutableArray.Create(
        NotStatic, FirstParameter, ReturnsValue, KernelParameter, ReferenceType, UnsupportedType, Pointer, Dynamic,
        ObjectCreation, ManagedArray, Text, Boxing, Delegate, Exception, Enumeration, Async, Yield, Goto, Lock, Using,
        VirtualCall, Recursion, StaticState, LocalLength, LocalInLoop, UseXMath, PatternMatching, ClassConstraint,
        CheckedArithmetic, CallOutsideSubset, RefVariable, UnsupportedConstruct, Untranslatable,
        GroupInIndexKernel, SharedMemoryPlace, GroupSize, ViewInStruct, AmbiguousKernel, TooManySpecialisations);

    private static DiagnosticDescriptor Create(string id, string title, string message) => new(
        id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPage + id.ToLowerInvariant());
}
