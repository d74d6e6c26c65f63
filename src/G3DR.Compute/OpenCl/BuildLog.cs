using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace G3DR.Compute.OpenCl;

/// <summary>Turns what a driver's compiler wrote into a message: the log, and the source lines that it points at.</summary>
internal static partial class BuildLog
{
    private const int MostPlaces = 3, LinesAround = 3, LongestLog = 8000;

    /// <summary>The log, then the numbered source lines near the first errors.</summary>
    public static string Describe(string log, string source)
    {
        string[] lines = source.ReplaceLineEndings("\n").Split('\n');
        var text = new StringBuilder();
        text.AppendLine(log.Length > LongestLog ? log[..LongestLog] + " ..." : log.Length == 0 ? "(the compiler wrote no log)" : log);
        int last = 0;
        foreach (int line in ErrorLines(log, lines.Length))
        {
            int first = Math.Max(line - LinesAround, last + 1);
            if (last > 0 && first > last + 1)
            {
                text.AppendLine("     ...");
            }

            last = Math.Min(line + LinesAround, lines.Length);
            for (int i = first; i <= last; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(i == line ? '>' : ' ')}{i,4} {lines[i - 1]}").AppendLine();
            }
        }

        return text.ToString().TrimEnd();
    }

    private static IEnumerable<int> ErrorLines(string log, int count) => Positions().Matches(log)
        .Select(match => int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? line : 0)
        .Where(line => line >= 1 && line <= count)
        .Distinct()
        .Take(MostPlaces)
        .Order();

    // All compilers in use derive from clang and write file:line:column; the word error comes behind it, from PoCL in front.
    [GeneratedRegex(@"^(?=.*\berror\b).*?:(\d{1,7}):\d{1,7}:", RegexOptions.Multiline)]
    private static partial Regex Positions();
}
