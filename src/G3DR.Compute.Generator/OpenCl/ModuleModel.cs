using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// What the generator makes of a compilation, without any part of the compilation: equal results are recognised, and nothing is written anew
/// while an edit leaves the kernels as they are.
/// </summary>
internal sealed class ModuleModel : IEquatable<ModuleModel>
{
    internal ModuleModel(string? source, ImmutableArray<Report> reports)
    {
        Source = source;
        Reports = reports;
    }

    /// <summary>The generated file; null where there is nothing to generate.</summary>
    internal string? Source { get; }

    internal ImmutableArray<Report> Reports { get; }

    public bool Equals(ModuleModel? other) => other is not null && Source == other.Source && Reports.SequenceEqual(other.Reports);

    public override bool Equals(object? obj) => Equals(obj as ModuleModel);

    public override int GetHashCode() => (Source?.GetHashCode() ?? 0) ^ Reports.Length;

    /// <summary>A diagnostic that does not hold on to a syntax tree.</summary>
    internal sealed class Report : IEquatable<Report>
    {
        private readonly string _subject;
        private readonly string _detail;
        private readonly DiagnosticDescriptor _descriptor;
        private readonly string _path;
        private readonly TextSpan _span;
        private readonly LinePositionSpan _lines;

        internal Report(Finding finding, string subject)
        {
            _descriptor = finding.Descriptor;
            _subject = subject;
            _detail = finding.Detail;
            _path = finding.Location.SourceTree?.FilePath ?? string.Empty;
            _span = finding.Location.SourceSpan;
            _lines = finding.Location.GetLineSpan().Span;
        }

        /// <summary>Whether two kernels lead to one and the same place.</summary>
        internal bool IsSamePlace(Report other) => _descriptor.Id == other._descriptor.Id && _path == other._path && _span == other._span;

        internal Diagnostic ToDiagnostic() =>
            Diagnostic.Create(_descriptor, _path.Length == 0 ? Location.None : Location.Create(_path, _span, _lines), _subject, _detail);

        public bool Equals(Report? other) =>
            other is not null && IsSamePlace(other) && _lines == other._lines && _subject == other._subject && _detail == other._detail;

        public override bool Equals(object? obj) => Equals(obj as Report);

        public override int GetHashCode() => _span.GetHashCode() ^ _detail.GetHashCode();
    }
}
