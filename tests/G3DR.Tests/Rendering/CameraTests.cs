using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

public class CameraTests
{
    private const string File = "render/camera.safetensors";

    public static TheoryData<int> Cases()
    {
        using ReferenceVectors vectors = Vectors.Open(File);
        return [.. Enumerable.Range(0, vectors.Config.GetProperty("cams").GetArrayLength())];
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cameras_match_the_released_code(int index)
    {
        using ReferenceVectors vectors = Vectors.Open(File);
        JsonElement config = vectors.Config.GetProperty("cams")[index];
        double[] angles = vectors.Doubles($"c{index}.angles"), radius = vectors.Doubles($"c{index}.radius");
        double[] target = vectors.Doubles($"c{index}.look_at"), fov = vectors.Doubles($"c{index}.fov");
        Camera[] cameras = [.. Enumerable.Range(0, radius.Length).Select(i => Camera.FromAngles(
            angles[3 * i], angles[(3 * i) + 1], radius[i], fov[i], new(target[3 * i], target[(3 * i) + 1], target[(3 * i) + 2])))];
        RayBundle rays = RayBundle.FromCameras(cameras, config.GetProperty("res")[0].GetInt32(), config.GetProperty("res")[1].GetInt32());

        Vectors.AssertOk(vectors.Compare($"c{index}.c2w", cameras.SelectMany(c => c.CameraToWorld).ToArray()));
        Vectors.AssertOk(vectors.Compare($"c{index}.rays_o", rays.Origins));
        Vectors.AssertOk(vectors.Compare($"c{index}.rays_d", rays.Directions));
    }

    [Fact]
    public void Video_path_matches_the_released_code()
    {
        using ReferenceVectors vectors = Vectors.Open(File);
        JsonElement size = vectors.Config.GetProperty("res_traj");
        IReadOnlyList<Camera> path = VideoPath.Official(vectors.Config.GetProperty("frames").GetInt32());

        Vectors.AssertOk(vectors.Compare("traj.angles", path.SelectMany(c => new[] { c.Yaw, c.Pitch, 0 }).ToArray()));
        Vectors.AssertOk(vectors.Compare("traj.c2w", path.SelectMany(c => c.CameraToWorld).ToArray()));
        Vectors.AssertOk(vectors.Compare("traj.rays_d", RayBundle.FromCameras(path, size[0].GetInt32(), size[1].GetInt32()).Directions));
    }

    [Fact]
    public void Canonical_camera_stands_left_and_looks_along_x()
    {
        Camera camera = Camera.Canonical;
        AssertClose(new(-5, 0, 0), camera.Position);

        // Centre of a picture of odd size: straight ahead. Right column: towards +z. Top row: towards +y.
        AssertClose(new(1, 0, 0), camera.Direction(4, 4, 9, 9));
        Assert.True(camera.Direction(8, 4, 9, 9).Z > 0.1);
        Assert.True(camera.Direction(4, 0, 9, 9).Y > 0.1);
        AssertClose(camera.Position, Camera.Orbit(0, 0).Position);
    }

    [Fact]
    public void Field_of_view_is_the_angle_between_the_middles_of_opposite_edges()
    {
        Camera camera = Camera.Orbit(0.3, -0.2, radius: 3, fovDegrees: 50);
        double cosine = Vector3D.Dot(camera.Direction(0, 3, 7, 7), camera.Direction(6, 3, 7, 7));
        Assert.Equal(50, Math.Acos(cosine) * 180 / Math.PI, 1e-9);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 9)]
    [InlineData(640, 480)]
    public void Projection_undoes_rays(int width, int height)
    {
        Camera camera = Camera.FromAngles(1.1, 1.9, 4, 35, new(0.4, 1.2, 0.3));
        for (int i = 0; i < 20; i++)
        {
            double column = i / 19.0 * (width - 1), row = (19 - i) / 19.0 * (height - 1), distance = 0.5 + i;
            Vector3D point = camera.Position + (camera.Direction(column, row, width, height) * distance);
            ProjectedPoint seen = Assert.NotNull(camera.Project(point, width, height));
            Assert.Equal(column, seen.Column, 1e-9);
            Assert.Equal(row, seen.Row, 1e-9);
            Assert.Equal(distance, seen.Distance, 1e-9);
        }
    }

    [Fact]
    public void Points_behind_the_camera_are_not_seen()
    {
        Camera camera = Camera.Orbit(0.5, 0.1);
        Assert.Null(camera.Project(camera.Position * 1.5, 64, 64));
        Assert.Null(camera.Project(camera.Position, 64, 64));
        Assert.NotNull(camera.Project(new(0, 0, 0), 64, 64));
    }

    [Theory]
    [InlineData(double.NaN, 1, 5, 18)]
    [InlineData(0, double.PositiveInfinity, 5, 18)]
    [InlineData(0, 1, 0, 18)]
    [InlineData(0, 1, double.NaN, 18)]
    [InlineData(0, 1, 5, 0)]
    [InlineData(0, 1, 5, 180)]
    [InlineData(0, 1, 5, double.NaN)]
    [InlineData(0.3, 0, 5, 18)]
    [InlineData(0.3, Math.PI, 5, 18)]
    public void Impossible_cameras_are_refused(double yaw, double pitch, double radius, double fov) =>
        Assert.Throws<ArgumentException>(() => Camera.FromAngles(yaw, pitch, radius, fov));

    [Fact]
    public void A_camera_on_its_target_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Camera.FromAngles(1, 1, 2, 18, new(1, 1, 2)));
        Assert.Contains("stands on its target", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_pictures_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Camera.Canonical.Rays(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Camera.Canonical.Rays(4, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Camera.Canonical.Rays(int.MaxValue, int.MaxValue));
        Assert.Throws<ArgumentException>(() => RayBundle.FromCameras([], 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => VideoPath.Official(0));
    }

    private static void AssertClose(Vector3D expected, Vector3D actual) =>
        Assert.True((expected - actual).Length < 1e-12, $"expected {expected}, got {actual}");
}
