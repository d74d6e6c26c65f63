namespace G3DR.Tests.Support;

/// <summary>The trained SqueezeNet and the heads of LPIPS, which lie in the data folder; tests of them are skipped without it.</summary>
internal static class RealSqueezeNet
{
    public static string Weights => Vectors.DataPath("data/squeezenet/squeezenet1_1.safetensors");

    public static string Heads => Vectors.DataPath("data/lpips/squeeze.safetensors");
}
