using System.Text.RegularExpressions;
using G3DR.Compute.Generator;
using Microsoft.CodeAnalysis;

namespace G3DR.Tests.Generator;

public class DiagnosticsTests
{
    private static readonly DiagnosticDescriptor[] All = [.. new KernelAnalyzer().SupportedDiagnostics];

    [Fact]
    public void Ids_are_consecutive_errors_with_a_help_link_of_their_own()
    {
        Assert.Equal(Enumerable.Range(1, All.Length).Select(k => $"KG{k:D4}"), All.Select(d => d.Id));
        Assert.All(All, d =>
        {
            Assert.Equal(DiagnosticSeverity.Error, d.DefaultSeverity);
            Assert.True(d.IsEnabledByDefault);
            Assert.EndsWith("docs/kernel-subset.md#" + d.Id.ToLowerInvariant(), d.HelpLinkUri, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_page_explains_every_id_once()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "kernel-subset.md"));
        string[] explained = [.. Regex.Matches(page, @"^\| <a id=""(kg\d{4})""></a>(KG\d{4}) \| .+ \| .+ \| .+ \|$", RegexOptions.Multiline)
            .Where(m => m.Groups[1].Value.Equals(m.Groups[2].Value, StringComparison.OrdinalIgnoreCase)).Select(m => m.Groups[2].Value)];
        Assert.Equal(All.Select(d => d.Id), explained);
    }
}
