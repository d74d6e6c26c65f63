using System.Text.RegularExpressions;

namespace G3DR.Tests.Docs;

/// <summary>Links between the pages lead to files and headings that exist.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.GetFiles(Path.Combine(Documents.Root, "docs"), "*.md").Select(file => "docs/" + Path.GetFileName(file)).Order(), "README.md", "CHANGELOG.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_of_a_page_leads_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Documents.Root, page))!;
        foreach (string link in Links().Matches(WithoutCode(page)).Select(match => match.Groups[1].Value))
        {
            if (link.StartsWith("http", StringComparison.Ordinal))
            {
                continue;
            }

            string[] parts = link.Split('#', 2);
            string file = parts[0].Length == 0 ? Path.Combine(Documents.Root, page) : Path.GetFullPath(Path.Combine(folder, parts[0]));
            Assert.True(File.Exists(file), $"{page} links to {link}, which is not there.");
            if (parts.Length == 2)
            {
                Assert.True(Anchors(Path.GetRelativePath(Documents.Root, file)).Contains(parts[1]), $"{page} links to {link}, but there is no such heading.");
            }
        }
    }

    private static HashSet<string> Anchors(string page)
    {
        string text = WithoutCode(page);
        IEnumerable<string> headings = Headings().Matches(text).Select(match => NoPartOfAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), string.Empty).Replace(' ', '-'));
        return [.. headings, .. Marks().Matches(text).Select(match => match.Groups[1].Value)];
    }

    private static string WithoutCode(string page) => Code().Replace(Documents.Read(page), string.Empty);

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoPartOfAnchors();

    [GeneratedRegex("<a id=\"([^\"]+)\"")]
    private static partial Regex Marks();
}
