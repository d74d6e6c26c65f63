using System.Collections.Immutable;
using System.Text;
using G3DR.Compute.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace G3DR.Tests.Generator;

/// <summary>
/// Compiles snippets in memory and compares what the analyzer reports with the markup <c>{|KG0001:text|}</c> in them:
/// exactly the marked spans with exactly these ids, no more and no fewer.
/// </summary>
internal static class KernelAnalyzerHarness
{
    private const string Usings = "using System; using System.Numerics; using G3DR.Compute;\n";

    internal static readonly CSharpParseOptions Parse = new(LanguageVersion.Preview);

    /// <summary>The base class library.</summary>
    internal static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is { } name && (name.StartsWith("System", StringComparison.Ordinal) || name is "netstandard.dll" or "Microsoft.CSharp.dll"))
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>
    /// The runtime's shape with the project's own module types, translated like the project: its device functions are in the image.
    /// </summary>
    internal static readonly byte[] RuntimeImage = CompileRuntime();

    private static readonly MetadataReference Runtime = MetadataReference.CreateFromImage(RuntimeImage);

    /// <summary>A class with one kernel <c>K</c> over the views <c>x</c> and <c>y</c> and the scalar <c>n</c>, with further members.</summary>
    internal static string Kernel(string body, string members = "") => $$"""
        static unsafe partial class Ops
        {
            [Kernel]
            static void K(Index1D i, ArrayView<float> x, ArrayView<int> y, int n)
            {
                {{body}}
            }

            {{members}}
        }
        """;

    /// <summary>A compilation of snippets against the runtime.</summary>
    internal static CSharpCompilation CompileSnippet(string assembly, string[] files, MetadataReference[] references) => Compile(
        assembly, files.Select((f, i) => CSharpSyntaxTree.ParseText(Usings + f, Parse, $"File{i}.cs")), [Runtime, .. references]);

    /// <summary>Compiles a helper assembly that snippets can then reference.</summary>
    internal static MetadataReference CompileReference(string assembly, string source) => CompileReference(assembly, Usings + source, [Runtime]);

    /// <summary>Analyses marked-up files and asserts that the reports are the marks. Returns the reports for further checks.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> VerifyAsync(string[] files, params MetadataReference[] references)
    {
        var expected = new List<string>();
        var trees = new List<SyntaxTree>();
        foreach (string file in files)
        {
            string path = $"File{trees.Count}.cs";
            string code = RemoveMarkup(Usings + file, out List<(string Id, TextSpan Span)> marks);
            trees.Add(CSharpSyntaxTree.ParseText(code, Parse, path));
            expected.AddRange(marks.Select(m => Describe(path, m.Id, m.Span, code)));
        }

        CSharpCompilation compilation = Compile("Snippet", trees, [Runtime, .. references]);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> actual = await AnalyseAsync(compilation);
        Assert.Equal(expected.Order(), actual.Select(Describe).Order());
        return actual;
    }

    internal static Task<ImmutableArray<Diagnostic>> VerifyAsync(string file) => VerifyAsync([file]);

    /// <summary>Analyses source as it stands, which may not even compile. An exception in the analyzer would show as AD0001.</summary>
    internal static Task<ImmutableArray<Diagnostic>> AnalyseAsync(string source, bool withRuntime = true) =>
        AnalyseAsync(Compile("Snippet", [CSharpSyntaxTree.ParseText((withRuntime ? Usings : "") + source, Parse, "File0.cs")], withRuntime ? [Runtime] : []));

    private static Task<ImmutableArray<Diagnostic>> AnalyseAsync(CSharpCompilation compilation) =>
        compilation.WithAnalyzers([new KernelAnalyzer()], new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false)).GetAnalyzerDiagnosticsAsync();

    private static CSharpCompilation Compile(string assembly, IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(assembly, trees, [.. Framework, .. references], new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    private static PortableExecutableReference CompileReference(string assembly, string source, MetadataReference[] references) =>
        MetadataReference.CreateFromImage(Emit(Compile(assembly, [CSharpSyntaxTree.ParseText(source, Parse)], references)));

    private static byte[] CompileRuntime()
    {
        string folder = Path.Combine(RepositoryRoot.Find(), "src", "G3DR.Compute", "OpenCl");
        string[] sources =
        [
            RuntimeStubs.Source,
            "global using System; global using System.Collections.Generic;",
            .. new[] { "KernelModule.cs", "DeviceUnitAttribute.cs", "PackedKernels.cs" }.Select(f => File.ReadAllText(Path.Combine(folder, f))),
        ];
        CSharpCompilation compilation = Compile("G3DR.Compute", sources.Select(s => CSharpSyntaxTree.ParseText(s, Parse)), []);
        KernelGeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        return Emit(output);
    }

    private static byte[] Emit(Compilation compilation)
    {
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return image.ToArray();
    }

    private static string Describe(Diagnostic diagnostic) => Describe(
        diagnostic.Location.SourceTree!.FilePath, diagnostic.Id, diagnostic.Location.SourceSpan, diagnostic.Location.SourceTree.ToString());

    private static string Describe(string path, string id, TextSpan span, string code) =>
        $"{path} {id} at line {code.AsSpan(0, span.Start).Count('\n')}: {code.Substring(span.Start, span.Length)}";

    private static string RemoveMarkup(string marked, out List<(string Id, TextSpan Span)> marks)
    {
        marks = [];
        var code = new StringBuilder();
        var open = new Stack<(string Id, int Start)>();
        for (int at = 0; at < marked.Length; at++)
        {
            if (marked.AsSpan(at).StartsWith("{|KG"))
            {
                open.Push((marked.Substring(at + 2, 6), code.Length));
                at += "{|KG0000:".Length - 1;
            }
            else if (marked.AsSpan(at).StartsWith("|}"))
            {
                (string id, int start) = open.Pop();
                marks.Add((id, TextSpan.FromBounds(start, code.Length)));
                at++;
            }
            else
            {
                code.Append(marked[at]);
            }
        }

        Assert.Empty(open);
        return code.ToString();
    }
}
