using System.Diagnostics;
using System.IO.Enumeration;
using G3DR.Compute;
using G3DR.Core.Diagnostics;
using G3DR.Core.Verification.Verifiers;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification;

/// <summary>
/// Proves a device or a build: computes what the reference vectors of a folder expect, through the public API, and compares. A file is recognised by its own name and
/// metadata, wherever it lies.
/// </summary>
public static class VectorVerification
{
    private const string Extension = ".safetensors";

    // A row that stands for a whole file.
    private const string WholeFile = "(file)";

    private static readonly IVectorVerifier[] s_verifiers =
    [
        new CameraVerifier(),
        new PyramidVerifier(),
        new TriplaneVerifier(),
        new DecoderVerifier(),
        new SamplingVerifier(),
        new MarcherVerifier(),
        new PaperEquationVerifier(),
        new OfficialRendererVerifier(),
        new PaperRendererVerifier(),
        new SampleVerifier(),
        new LossVerifier(),
        new ScheduleVerifier(),
        new MetricVerifier(),
        new OptimizerVerifier(),
        new UnetVerifier(),
        new TrainingStepVerifier(),
        new OfficialForwardVerifier(),
        new TransformerDepthVerifier(),
        new PreprocessingVerifier(),
        new ConvolutionalDepthVerifier(),
        new RcanVerifier(),
        new InceptionVerifier(),
        new FidFormulaVerifier(),
        new ClipVerifier(),
        new ClipTextVerifier(),
        new LpipsVerifier(),
    ];

    /// <summary>Runs every file of the folder that is known, in the order of their names.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="folder">The folder, searched recursively (links to folders are not followed), or a single file.</param>
    /// <param name="options">What to run; null for everything.</param>
    /// <param name="progress">Told before each file and at the end.</param>
    /// <param name="cancel">Ends the run after the current row; the report then holds what was reached and is not complete.</param>
    /// <returns>One row per tensor and path. What fails, also by an exception, is a row and not an exception.</returns>
    /// <exception cref="ArgumentException">The options name no path.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder or file.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static VerificationReport Run(
        Accelerator device,
        string folder,
        VerificationOptions? options = null,
        IProgress<VerificationProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        IReadOnlyCollection<VerificationPath> paths = (options ?? new()).Paths;
        if (paths.All(path => path == VerificationPath.Host))
        {
            throw new ArgumentException("A verification needs at least one of the paths fused, composed and float64.", nameof(options));
        }

        long start = Stopwatch.GetTimestamp();
        (string root, string[] files) = Find(folder);
        List<FileVerification> known = [];
        List<UnknownVectorFile> unknown = [];
        int done = 0;
        foreach (string file in files)
        {
            if (cancel.IsCancellationRequested)
            {
                break;
            }

            string name = Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/');
            progress?.Report(new(done, files.Length, name, Stopwatch.GetElapsedTime(start)));
            VerifyFile(new(device, paths, file), name, known, unknown, cancel);
            done += cancel.IsCancellationRequested ? 0 : 1;
        }

        if (done > 0)
        {
            progress?.Report(new(done, files.Length, Path.GetRelativePath(root, files[done - 1]), Stopwatch.GetElapsedTime(start)));
        }

        return new()
        {
            Folder = folder,
            Device = DeviceDescription.Of(device),
            Files = known,
            Unknown = unknown,
            Complete = done == files.Length,
            Elapsed = Stopwatch.GetElapsedTime(start),
        };
    }

    private static (string Root, string[] Files) Find(string folder)
    {
        string path = Path.GetFullPath(folder);
        if (File.Exists(path))
        {
            return (Path.GetDirectoryName(path)!, [path]);
        }

        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"There is no folder or file '{folder}'.");
        }

        var found = new FileSystemEnumerable<string>(
            path, (ref entry) => entry.ToFullPath(), new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = default })
        {
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && entry.FileName.EndsWith(Extension, StringComparison.OrdinalIgnoreCase),
            ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return (path, [.. found.Order(StringComparer.Ordinal)]);
    }

    private static void VerifyFile(
        VerificationContext context, string name, List<FileVerification> known, List<UnknownVectorFile> unknown, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        string stem = Path.GetFileNameWithoutExtension(context.FilePath);
        IVectorVerifier[] candidates = [.. s_verifiers.Where(verifier => verifier.KnowsName(stem))];
        if (candidates.Length == 0)
        {
            unknown.Add(new(name, "no verifier for files of this name"));
            return;
        }

        List<VectorCheck> checks = [];
        try
        {
            using (SafetensorsFile file = SafetensorsFile.Open(context.FilePath))
            {
                if (!ReferenceVectors.IsReference(file))
                {
                    unknown.Add(new(name, "no reference vectors: the metadata lack config, roles or tol"));
                    return;
                }
            }

            using ReferenceVectors vectors = ReferenceVectors.Open(context.FilePath);
            if (candidates.FirstOrDefault(candidate => candidate.KnowsConfig(vectors.Config)) is not { } verifier)
            {
                unknown.Add(new(name, "the name is known, but not this kind of configuration"));
                return;
            }

            Collect(verifier, vectors, context, checks, cancel);
        }
        catch (Exception e) when (e is WeightsFormatException or IOException or UnauthorizedAccessException)
        {
            checks.Add(Failure(WholeFile, e.Message));
        }

        known.Add(new(name, checks, Stopwatch.GetElapsedTime(start)));
    }

    private static void Collect(IVectorVerifier verifier, ReferenceVectors vectors, VerificationContext context, List<VectorCheck> checks, CancellationToken cancel)
    {
        try
        {
            foreach (VectorCheck check in verifier.Run(vectors, context))
            {
                checks.Add(check);
                if (cancel.IsCancellationRequested)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever stops a computation, a file that contradicts itself or a defect of the library, fails this file; the others still run.
            checks.Add(Failure(WholeFile, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}"));
            return;
        }

        HashSet<string> compared = [.. checks.Select(check => check.Result.Tensor)];
        checks.AddRange(vectors.NamesOf(TensorRole.Output).Where(output => !compared.Contains(output)).Select(output => Failure(output, "nothing computes this output")));
        checks.AddRange(vectors.NamesWithoutRole.Select(tensor => Failure(tensor, "the metadata state no role: it may be an output")));
    }

    private static VectorCheck Failure(string tensor, string failure) =>
        new(VerificationPath.Host, new(tensor, double.PositiveInfinity, 0, Ok: false) { Failure = failure });
}
