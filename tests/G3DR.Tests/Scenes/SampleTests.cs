using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Tests.Support;

namespace G3DR.Tests.Scenes;

public sealed class SampleTests
{
    private const int SampleSize = 256;

    public static TheoryData<string> Names => SyntheticSceneTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_samples_of_the_repository_are_what_the_code_renders(string name)
    {
        using var folder = new TemporaryFolder();
        (string color, string depth) = SyntheticScene.WriteSample(folder.Path, name, SampleSize);
        AssertWithinOneLevel(Image.Load(SamplePath($"{name}.png")).Data8, Image.Load(color).Data8);
        AssertWithinOneLevel(Image.Load(SamplePath($"{name}-depth.png")).Data16, Image.Load(depth).Data16);
        Assert.All([SamplePath($"{name}.png"), SamplePath($"{name}-depth.png")], path => Assert.True(new FileInfo(path).Length < 300_000, path));
    }

    [Fact]
    public void A_written_pair_is_read_back_as_rendered()
    {
        const int Size = 32;
        using var folder = new TemporaryFolder();
        (string color, string depth) = SyntheticScene.WriteSample(folder.PathOf("made"), "VASE", Size);
        Assert.Equal((folder.PathOf("made/vase.png"), folder.PathOf("made/vase-depth.png")), (color, depth));

        SceneView view = SyntheticScene.ByName("vase").Render(Camera.Canonical, Size, Size, supersampling: 3);
        RgbdPicture picture = RgbdPicture.Load(color, depth, Size);
        for (int i = 0; i < view.Depth.Length; i++)
        {
            // Half a level of 16 bits over a range of 2, and of 8 bits over a range of 1.
            Assert.Equal(view.Depth[i], picture.Depth[i], tolerance: 1.01 / 65536);
            Assert.Equal(view.Color[3 * i], picture.Color[3 * i], tolerance: 0.51 / 255);
        }
    }

    [Fact]
    public void Depth_levels_are_kept_in_range_and_empty_pixels_are_far()
    {
        // Rays beside a sphere hit nothing.
        SceneView sphere = SyntheticSceneTests.Sphere(0.5).Render(Camera.Canonical, 33, 33);
        Assert.False(sphere.Hit[0]);
        Assert.Equal(65535, sphere.ToDepthImage().Data16[0]);

        // A solid box begins at x = -1, just 4 away.
        SceneView block = new SyntheticScene("block", string.Empty, _ => -1, _ => default).Render(Camera.Canonical, 33, 33);
        Assert.Equal(0, block.ToDepthImage().Data16[(16 * 33) + 16]);

        // From afar everything is beyond 6.
        SceneView far = SyntheticSceneTests.Sphere(0.5).Render(Camera.FromAngles(Math.PI / 2, Math.PI / 2, radius: 9), 33, 33);
        Assert.True(far.Hit[(16 * 33) + 16]);
        Assert.Equal(65535, far.ToDepthImage().Data16[(16 * 33) + 16]);
    }

    [Fact]
    public void A_depth_of_4_and_a_half_is_a_quarter_of_full_scale()
    {
        SceneView view = SyntheticSceneTests.Sphere(0.5).Render(Camera.Canonical, 33, 33);
        Assert.Equal(65536 / 4, view.ToDepthImage().Data16[(16 * 33) + 16]);
    }

    private static void AssertWithinOneLevel<T>(ReadOnlySpan<T> committed, ReadOnlySpan<T> rendered)
        where T : struct, System.Numerics.INumber<T>
    {
        Assert.Equal(committed.Length, rendered.Length);
        for (int i = 0; i < committed.Length; i++)
        {
            if (Math.Abs(int.CreateChecked(committed[i]) - int.CreateChecked(rendered[i])) > 1)
                Assert.Fail($"Value {i} is {committed[i]} in the repository, but {rendered[i]} when rendered.");
        }
    }

    private static string SamplePath(string file)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "G3DR.Core.sln")))
                return Path.Combine(folder.FullName, "samples", file);
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds G3DR.Core.sln.");
    }
}
