using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace G3DR.Compute.Generator;

/// <summary>
/// Keeps every method marked <c>[G3DR.Compute.Kernel]</c> or <c>[G3DR.Compute.DeviceFunction]</c>, and everything it calls, inside the
/// part of C# that can be translated to OpenCL C. What is refused, why, and what to write instead: <c>docs/kernel-subset.md</c>.
/// </summary>
/// <remarks>
/// The calls of a kernel cross files, so the reachable code of the compilation is analysed once, at the first file that asks, and each
/// file then reports what lies in it. That keeps the diagnostics live in editors (diagnostics from the end of a compilation are not) and
/// independent of the order in which files are visited. Code that no kernel reaches is never looked at.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Diagnostics.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (KernelSymbols.TryCreate(start.Compilation) is not { } symbols)
                return;
            var analysis = new CompilationAnalysis(symbols);
            start.RegisterSemanticModelAction(file =>
            {
                foreach (Diagnostic diagnostic in analysis.DiagnosticsOf(file.SemanticModel.SyntaxTree, file.CancellationToken))
                    file.ReportDiagnostic(diagnostic);
            });
        });
    }
}
