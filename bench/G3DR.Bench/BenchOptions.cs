using System.Text.RegularExpressions;

namespace G3DR.Bench;

/// <summary>Options of this program that BenchmarkDotNet does not know.</summary>
internal static class BenchOptions
{
    public const string Help = """
        --quick             the first size of each workload, a few short iterations: minutes instead of an hour
        --op PATTERN        only workloads whose name matches, with * and ?; for example --op "softplus*"
        --device PATTERN    only these devices: cpu, opencl:0, ...; all that are found by default
        --variant PATTERN   only these variants: plain, simd, grouped, composed, fused, ...
        --instructions SET  only this vector width of the processor: Vector128, Avx2, Avx512
        everything else goes to BenchmarkDotNet (--filter '*', --list flat, --artifacts FOLDER, ...)
        """;

    public static bool Quick { get; private set; }

    public static string Op { get; private set; } = "*";

    public static string Device { get; private set; } = "*";

    public static string Variant { get; private set; } = "*";

    public static string Instructions { get; private set; } = "*";

    /// <summary>Takes the own options out of a command line.</summary>
    /// <returns>The options for BenchmarkDotNet.</returns>
    /// <exception cref="ArgumentException">An option has no value.</exception>
    public static string[] Read(string[] args)
    {
        var remaining = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    Quick = true;
                    break;
                case "--op":
                    Op = Value(args, ref i);
                    break;
                case "--device":
                    Device = Value(args, ref i);
                    break;
                case "--variant":
                    Variant = Value(args, ref i);
                    break;
                case "--instructions":
                    Instructions = Value(args, ref i);
                    break;
                default:
                    remaining.Add(args[i]);
                    break;
            }
        }

        return [.. remaining];
    }

    /// <summary>Whether a name matches a pattern with * and ?, without regard to case.</summary>
    public static bool Matches(string pattern, string name) =>
        Regex.IsMatch(name, "^" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "$", RegexOptions.IgnoreCase);

    private static string Value(string[] args, ref int i) =>
        ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
}
