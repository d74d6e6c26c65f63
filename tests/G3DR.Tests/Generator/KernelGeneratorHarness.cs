using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using G3DR.Compute.Generator.OpenCl;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace G3DR.Tests.Generator;

/// <summary>Runs the generator over snippets, compiles what it writes and asks the result for programs, as the runtime does.</summary>
internal static class KernelGeneratorHarness
{
    /// <summary>What the generator made of a snippet.</summary>
    internal sealed record Result(ImmutableArray<Diagnostic> Diagnostics, string? Source, Assembly? Assembly, MetadataReference? Reference)
    {
        /// <summary>Keys of all kernels in the order of the module.</summary>
        internal string[] Keys => Source is null ? [] : [.. Source.Split('\n').Where(l => l.Contains("::", StringComparison.Ordinal) && l.Contains('\t')).Select(l => l.Split('\t')[0])];

        /// <summary>The program of the only kernel.</summary>
        internal Program Only => Find(Assert.Single(Keys))!;

        internal Program? Find(string key)
        {
            CustomAttributeData mark = Assembly!.GetCustomAttributesData().Single(a => a.AttributeType.Name == "KernelModuleAttribute");
            object module = Activator.CreateInstance((Type)mark.ConstructorArguments[0].Value!, nonPublic: true)!;
            object? program = module.GetType().GetMethod("Find")!.Invoke(module, [key]);
            return program is null ? null : new(Read<string>(program, "Source"), Read<string>(program, "EntryPoint"), Read<bool>(program, "UsesDouble"));
        }

        private static T Read<T>(object program, string property) => (T)program.GetType().GetProperty(property)!.GetValue(program)!;
    }

    /// <summary>A copy of the runtime's <c>KernelProgram</c>.</summary>
    internal sealed record Program(string Source, string EntryPoint, bool UsesDouble);

    /// <summary>Generates for a snippet that must compile, and whose kernels must be inside the subset unless diagnostics are expected.</summary>
    internal static Result Generate(string source, params MetadataReference[] references) => Generate("Snippet", source, references);

    /// <summary>Generates for a named assembly, which other snippets can reference.</summary>
    internal static Result Generate(string assembly, string source, params MetadataReference[] references)
    {
        CSharpCompilation compilation = KernelAnalyzerHarness.CompileSnippet(assembly, [source], references);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorRunResult run = driver.GetRunResult().Results[0];
        Assert.Null(run.Exception);
        if (run.GeneratedSources.IsEmpty)
            return new(run.Diagnostics, null, null, null);
        using var image = new MemoryStream();
        var emitted = output.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        byte[] bytes = image.ToArray();
        var context = new AssemblyLoadContext(assembly, isCollectible: true);
        context.Resolving += (c, name) => name.Name == "G3DR.Compute" ? c.LoadFromStream(new MemoryStream(KernelAnalyzerHarness.RuntimeImage)) : null;
        return new(run.Diagnostics, run.GeneratedSources[0].SourceText.ToString(), context.LoadFromStream(new MemoryStream(bytes)), MetadataReference.CreateFromImage(bytes));
    }

    internal static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new KernelGenerator().AsSourceGenerator()], parseOptions: KernelAnalyzerHarness.Parse,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
}
