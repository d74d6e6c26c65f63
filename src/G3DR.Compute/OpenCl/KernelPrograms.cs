using System.Collections.Concurrent;
using System.Reflection;

namespace G3DR.Compute.OpenCl;

/// <summary>Finds the generated text of kernels.</summary>
/// <param name="first">Module that is asked before those of the assemblies; for kernels whose text was not generated.</param>
internal sealed class KernelPrograms(IKernelModule? first)
{
    private readonly ConcurrentDictionary<Assembly, IKernelModule?> _modules = new();

    /// <summary>The program of a kernel.</summary>
    /// <param name="kernel">Delegate of the kernel's method.</param>
    /// <param name="device">Device it shall run on.</param>
    /// <exception cref="NotSupportedException">There is none, or the device cannot run it; the message says why.</exception>
    public KernelProgram Find(Delegate kernel, OpenClDevice device)
    {
        KernelProgram program = Find(kernel, device.ToString());
        return program.UsesDouble && !device.HasFloat64
            ? throw new NotSupportedException(
                $"'{Describe(kernel.Method)}' cannot run on {device}: it computes with float64, which the device lacks; use float32 or the cpu device.")
            : program;
    }

    /// <summary>The program of a kernel, whatever device it is for.</summary>
    /// <param name="kernel">Delegate of the kernel's method.</param>
    /// <param name="place">What it shall run on, for messages.</param>
    /// <exception cref="NotSupportedException">There is none; the message says why.</exception>
    public KernelProgram Find(Delegate kernel, string place)
    {
        MethodInfo method = kernel.Method;
        string name = Describe(method);
        if (!method.IsStatic || kernel.Target is not null || method.Name.Contains('<', StringComparison.Ordinal))
        {
            throw new NotSupportedException(
                $"'{name}' cannot run on {place}: it is a lambda, a local function or an instance method. Pass a static method marked [Kernel] or [GroupKernel] itself.");
        }

        if (!method.IsDefined(typeof(KernelAttribute)) && !method.IsDefined(typeof(GroupKernelAttribute)))
        {
            throw new NotSupportedException($"'{name}' cannot run on {place}: it is not marked [Kernel] or [GroupKernel], so no device text was generated for it.");
        }

        string key = KernelKey.Of(method);
        return first?.Find(key)
            ?? Assemblies(method).Select(assembly => ModuleOf(assembly)?.Find(key)).FirstOrDefault(found => found is not null)
            ?? throw new NotSupportedException($"'{name}' cannot run on {place}: {WhyNone(method)}.");
    }

    /// <summary>A method as a reader would write it: type, name and type arguments.</summary>
    public static string Describe(MethodInfo method)
    {
        string arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(type => type.Name))}>" : string.Empty;
        return $"{method.DeclaringType?.Name}.{method.Name}{arguments}";
    }

    private string WhyNone(MethodInfo method)
    {
        Assembly home = method.Module.Assembly;
        if (ModuleOf(home) is null)
        {
            return $"the assembly {home.GetName().Name} has no device text; it must be compiled with the generator of G3DR.Compute";
        }

        Type? foreign = TypeArguments(method).FirstOrDefault(type => type.Assembly != home && !type.IsPrimitive);
        return foreign is not null
            ? $"its type argument {foreign.Name} is of the assembly {foreign.Assembly.GetName().Name}, "
                + $"and neither that assembly nor {home.GetName().Name} has device text for this combination"
            : $"the assembly {home.GetName().Name} has no device text for this combination of types";
    }

    // A generic kernel may also have been translated where its type argument is defined.
    private static IEnumerable<Assembly> Assemblies(MethodInfo method) =>
        TypeArguments(method).Select(type => type.Assembly).Prepend(method.Module.Assembly).Distinct();

    // Also those within others: in Map<Wrapped<Mine>>, Mine too.
    private static IEnumerable<Type> TypeArguments(MethodInfo method) =>
        method.GetGenericArguments().Concat(method.DeclaringType?.GetGenericArguments() ?? []).SelectMany(WithArguments);

    private static IEnumerable<Type> WithArguments(Type type) => type.GetGenericArguments().SelectMany(WithArguments).Prepend(type);

    private IKernelModule? ModuleOf(Assembly assembly) => _modules.GetOrAdd(assembly, static assembly =>
        assembly.GetCustomAttribute<KernelModuleAttribute>() is { } attribute
            ? (IKernelModule?)Activator.CreateInstance(attribute.Module, nonPublic: true)
            : null);
}
