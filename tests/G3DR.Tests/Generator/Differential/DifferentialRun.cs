using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using G3DR.Compute;
using G3DR.Compute.Generator;
using G3DR.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace G3DR.Tests.Generator.Differential;

/// <summary>
/// Compiles kernels with the generator and runs them twice: their C# on the processor, and their translation on an OpenCL device. Their
/// parameters are those of <see cref="KernelInputs.Parameters"/>, and their results have to be the same bits.
/// </summary>
internal sealed class DifferentialRun : IDisposable
{
    private static readonly MetadataReference[] References =
        [.. KernelAnalyzerHarness.Framework, MetadataReference.CreateFromFile(typeof(Accelerator).Assembly.Location)];

    private readonly KernelInputs _processor;
    private readonly KernelInputs _device;

    private DifferentialRun(string device)
    {
        var options = new AcceleratorOptions { CacheFolder = string.Empty };
        _processor = new KernelInputs(Accelerator.Create("cpu", options));
        _device = new KernelInputs(Accelerator.Create(device, options));
    }

    /// <summary>On the first OpenCL device; skips the test where there is none, or none with all types.</summary>
    internal static DifferentialRun OpenOrSkip()
    {
        G3DR.Compute.OpenCl.OpenClDevice device = FirstOpenClDevice.OrSkip();
        Skip.If(!device.HasFloat64, $"{device} lacks float64.");
        return new DifferentialRun(device.Name);
    }

    /// <summary>Runs all kernels of a source and compares; null where the results are the same.</summary>
    /// <param name="source">A compilation unit.</param>
    /// <param name="mustCompile">Whether a source that does not compile is a failure too.</param>
    internal string? FindDifference(string source, bool mustCompile = true)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Differential", [CSharpSyntaxTree.ParseText(source, KernelAnalyzerHarness.Parse, "Kernels.cs")], References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        if (Errors(compilation.GetDiagnostics()) is { } errors)
            return mustCompile ? errors : null;
        GeneratorDriver driver = KernelGeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorRunResult run = driver.GetRunResult().Results[0];
        if ((run.Exception?.ToString() ?? Errors(run.Diagnostics) ?? Errors(Analyse(compilation))) is { } refusal)
            return mustCompile ? refusal : null;
        if (run.GeneratedSources.IsEmpty)
            return "error: nothing was translated, and no diagnostic says why";
        using var image = new MemoryStream();
        var emitted = output.Emit(image);
        if (!emitted.Success)
            return Errors(emitted.Diagnostics);
        image.Position = 0;
        var context = new AssemblyLoadContext("Differential", isCollectible: true);
        try
        {
            return Compare(context.LoadFromStream(image));
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Closes both devices.</summary>
    public void Dispose()
    {
        _device.Dispose();
        _processor.Dispose();
    }

    private string? Compare(Assembly assembly)
    {
        MethodInfo[] kernels = [.. assembly.GetTypes().SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)).Where(m => m.IsDefined(typeof(KernelAttribute)))];
        return kernels.Length == 0 ? "The source has no kernel." : kernels.Select(Compare).FirstOrDefault(d => d is not null);
    }

    private string? Compare(MethodInfo method)
    {
        ulong[] expected = _processor.Run(method), actual;
        try
        {
            actual = _device.Run(method);
        }
        catch (Exception failure) when (failure is InvalidOperationException or NotSupportedException)
        {
            return $"{method.Name}: {failure.Message}";
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (actual[i] != expected[i])
            {
                int item = i / KernelInputs.ResultsPerItem, result = i % KernelInputs.ResultsPerItem;
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{method.Name}, item {item}, result {result}: C# makes {expected[i]:X16}, OpenCL {actual[i]:X16} of the inputs {_processor.Describe(item)}");
            }
        }

        return null;
    }

    private static string? Errors(IEnumerable<Diagnostic> diagnostics)
    {
        Diagnostic[] errors = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
        return errors.Length == 0 ? null : string.Join('\n', errors.Take(10).Select(e => e.ToString()));
    }

    private static IEnumerable<Diagnostic> Analyse(CSharpCompilation compilation) =>
        compilation.WithAnalyzers([new KernelAnalyzer()], new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
}
