using System.Text.Json;
using System.Text.Json.Serialization;

namespace G3DR.Core.Verification;

/// <summary>The result of verifying a folder of reference vectors on a device.</summary>
public sealed record VerificationReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The folder as it was named.</summary>
    public required string Folder { get; init; }

    /// <summary>The device, with what of it was in use, for example <c>cpu, Avx2, 4 threads</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The files that were recognised, in the order of their names.</summary>
    public required IReadOnlyList<FileVerification> Files { get; init; }

    /// <summary>The files that no verifier knows, in the order of their names.</summary>
    public required IReadOnlyList<UnknownVectorFile> Unknown { get; init; }

    /// <summary>False if the verification was cancelled before the last file.</summary>
    public required bool Complete { get; init; }

    /// <summary>Time in all.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Whether all files were run, at least one was recognised, and every row of every file is within its tolerance.</summary>
    public bool Ok => Complete && Files.Count > 0 && Files.All(file => file.Ok);

    /// <summary>
    /// The report as JSON: <c>{ ok, complete, folder, device, seconds, files: [{ file, ok, seconds, rows: [{ tensor, path, error, tolerance, ok, failure }] }],
    /// unknown: [{ file, reason }] }</c>. An error that is not finite is null.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Ok,
            Complete,
            Folder,
            Device,
            Seconds = Elapsed.TotalSeconds,
            Files = Files.Select(file => new
            {
                file.File,
                file.Ok,
                Seconds = file.Elapsed.TotalSeconds,
                Rows = file.Checks.Select(Row),
            }),
            Unknown,
        },
        s_json);

    private static object Row(VectorCheck check) => new
    {
        check.Result.Tensor,
        check.Path,
        Error = double.IsFinite(check.Result.MaxError) ? check.Result.MaxError : (double?)null,
        check.Result.Tolerance,
        check.Result.Ok,
        check.Result.Failure,
    };
}
