using G3DR.Core.Verification;

namespace G3DR.Tests.Support;

/// <summary>Where the reference vectors are: small ones beside the tests, the others in a folder named by the environment.</summary>
internal static class Vectors
{
    public const string NoData =
        "The environment variable G3DR_TEST_DATA is not set; it names the folder that contains data/ and oracles/.";

    /// <summary>The folder that contains data/ and oracles/, or null: then skip with <see cref="NoData"/>.</summary>
    public static string? DataFolder
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("G3DR_TEST_DATA");
            return string.IsNullOrEmpty(folder) ? null : folder;
        }
    }

    /// <summary>Full path of a vector that comes with the tests, for example <c>train/metrics.safetensors</c>.</summary>
    public static string PathOf(string relative) => Path.Combine(AppContext.BaseDirectory, "vectors", relative);

    public static ReferenceVectors Open(string relative) => ReferenceVectors.Open(PathOf(relative));

    /// <summary>Full path of a file under the data folder, for example <c>oracles/train/step.safetensors</c>; skips the test without one.</summary>
    public static string DataPath(string relative)
    {
        Skip.If(DataFolder is null, NoData);
        return Path.Combine(DataFolder!, relative);
    }

    public static void AssertOk(VectorResult result) => Assert.True(result.Ok, result.ToString());
}
