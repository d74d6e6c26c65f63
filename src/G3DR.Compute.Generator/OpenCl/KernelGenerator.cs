using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Translates every kernel to OpenCL C while its project is compiled, for all type arguments that it can be launched with. What the language
/// subset is, and what is refused: <c>docs/kernel-subset.md</c>.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class KernelGenerator : IIncrementalGenerator
{
    /// <summary>Name of the step whose result tells whether anything has changed.</summary>
    internal const string ModuleStep = "OpenClModule";

    private static readonly string[] Marks =
        ["G3DR.Compute.KernelAttribute", "G3DR.Compute.GroupKernelAttribute", "G3DR.Compute.DeviceFunctionAttribute"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<bool>[] marked = [.. Marks.Select(mark => context.SyntaxProvider
            .ForAttributeWithMetadataName(mark, static (_, _) => true, static (_, _) => true).Collect().Select(static (found, _) => found.Length > 0))];
        IncrementalValueProvider<bool> any = marked[0].Combine(marked[1]).Combine(marked[2])
            .Select(static (m, _) => m.Left.Left || m.Left.Right || m.Right);
        // Kernels call across files, so a translation needs the compilation; its result is compared before anything is written.
        IncrementalValueProvider<ModuleModel?> module = context.CompilationProvider.Combine(any)
            .Select(static (input, cancel) => input.Right ? ModuleBuilder.Build(input.Left, cancel) : null)
            .WithTrackingName(ModuleStep);
        // No code refers to the result, so editors need not wait for it.
        context.RegisterImplementationSourceOutput(module, static (output, model) =>
        {
            if (model is null)
                return;
            foreach (ModuleModel.Report report in model.Reports)
                output.ReportDiagnostic(report.ToDiagnostic());
            if (model.Source is { } source)
                output.AddSource("OpenClKernels.g.cs", SourceText.From(source, Encoding.UTF8));
        });
    }
}
