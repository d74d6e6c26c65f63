using System.Reflection;
using System.Reflection.Emit;
using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

/// <summary>How the text of a kernel is found, with assemblies that are made here.</summary>
public class KernelProgramsTests
{
    [SkippableFact]
    public void The_module_of_the_methods_assembly_is_asked()
    {
        OpenClDevice device = Device();
        Delegate known = MakeKernel(typeof(ModuleOfEverything), typeof(int));
        KernelProgram program = new KernelPrograms(null).Find(known, device);
        Assert.Equal(KernelKey.Of(known.Method), program.Source);
    }

    [SkippableFact]
    public void An_assembly_without_text_is_named()
    {
        string message = Assert.Throws<NotSupportedException>(() => new KernelPrograms(null).Find(MakeKernel(null, typeof(int)), Device())).Message;
        Assert.Contains("the assembly Made.Kernels has no device text; it must be compiled with the generator", message, StringComparison.Ordinal);
        Assert.Contains("Kernels.Fill<Int32>", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_combination_without_text_is_named()
    {
        string message = Assert.Throws<NotSupportedException>(() =>
            new KernelPrograms(null).Find(MakeKernel(typeof(ModuleOfNothing), typeof(int)), Device())).Message;
        Assert.Contains("the assembly Made.Kernels has no device text for this combination of types", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_type_argument_of_another_assembly_is_named()
    {
        string message = Assert.Throws<NotSupportedException>(() =>
            new KernelPrograms(null).Find(MakeKernel(typeof(ModuleOfNothing), typeof(Pair)), Device())).Message;
        Assert.Contains("its type argument Pair is of the assembly G3DR.Tests", message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_assembly_of_a_type_argument_is_asked_too()
    {
        Type argument = Define(typeof(ModuleOfEverything)).GetType("Kernels")!;
        Delegate kernel = MakeKernel(typeof(ModuleOfNothing), argument);
        Assert.Equal(KernelKey.Of(kernel.Method), new KernelPrograms(null).Find(kernel, Device()).Source);
    }

    private static OpenClDevice Device()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        return found.Info;
    }

    private static Action<Index1D> MakeKernel(Type? module, Type argument) =>
        Define(module).GetType("Kernels")!.GetMethod("Fill")!.MakeGenericMethod(argument).CreateDelegate<Action<Index1D>>();

    /// <summary>An assembly with the kernel <c>[Kernel] static void Kernels.Fill&lt;T&gt;(Index1D)</c>.</summary>
    private static Assembly Define(Type? module)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new("Made.Kernels"), AssemblyBuilderAccess.RunAndCollect);
        if (module is not null)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(KernelModuleAttribute).GetConstructors()[0], [module]));
        }

        TypeBuilder type = assembly.DefineDynamicModule("Made.Kernels").DefineType("Kernels", TypeAttributes.Public);
        MethodBuilder method = type.DefineMethod("Fill", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(Index1D)]);
        method.DefineGenericParameters("T");
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(KernelAttribute).GetConstructors()[0], []));
        method.GetILGenerator().Emit(OpCodes.Ret);
        type.CreateType();
        return assembly;
    }

    private sealed class ModuleOfEverything : IKernelModule
    {
        public KernelProgram? Find(string key) => new(key, "fill", UsesDouble: false);
    }

    private sealed class ModuleOfNothing : IKernelModule
    {
        public KernelProgram? Find(string key) => null;
    }
}
