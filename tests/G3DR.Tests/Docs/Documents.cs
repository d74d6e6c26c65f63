namespace G3DR.Tests.Docs;

/// <summary>The pages for people, read from the source tree that the tests were built from.</summary>
internal static class Documents
{
    /// <summary>The folder with the solution.</summary>
    public static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "G3DR.Core.sln")))
            {
                folder = folder.Parent;
            }

            Assert.True(folder is not null, $"No folder above '{AppContext.BaseDirectory}' holds G3DR.Core.sln.");
            return folder.FullName;
        }
    }

    /// <summary>A page as text, by its path from the root.</summary>
    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, page)).ReplaceLineEndings("\n");

    /// <summary>The C# examples of a page, in order.</summary>
    public static IReadOnlyList<string> Examples(string page)
    {
        const string open = "```csharp\n", close = "\n```";
        string text = Read(page);
        List<string> examples = [];
        for (int start = text.IndexOf(open, StringComparison.Ordinal); start >= 0; start = text.IndexOf(open, start, StringComparison.Ordinal))
        {
            start += open.Length;
            int end = text.IndexOf(close, start, StringComparison.Ordinal);
            Assert.True(end > 0, $"An example of {page} is not closed.");
            examples.Add(text[start..end]);
            start = end;
        }

        return examples;
    }
}
