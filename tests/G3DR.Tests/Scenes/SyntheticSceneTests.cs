using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Tests.Scenes;

public sealed class SyntheticSceneTests
{
    public static TheoryData<string> Names => [.. SyntheticScene.All.Select(scene => scene.Name)];

    [Fact]
    public void A_sphere_has_the_depth_of_the_quadratic_equation_at_every_pixel()
    {
        const int Size = 33;
        const double Radius = 0.5;
        SceneView view = Sphere(Radius).Render(Camera.Canonical, Size, Size);

        // On the axis: the camera's distance less the radius.
        Assert.Equal(5 - Radius, view.Depth[((Size / 2) * Size) + (Size / 2)], 6);
        for (int i = 0; i < view.Depth.Length; i++)
        {
            // |o + t d|^2 = r^2 with |d| = 1.
            Vector3D origin = Camera.Canonical.Position;
            Vector3D direction = Camera.Canonical.Direction(i % Size, i / Size, Size, Size);
            double half = Vector3D.Dot(origin, direction);
            double discriminant = (half * half) - Vector3D.Dot(origin, origin) + (Radius * Radius);
            Assert.Equal(discriminant >= 0, view.Hit[i]);

            // The tracer stops 1e-6 before the surface; rays that graze it travel on by up to the square root of that.
            double expected = discriminant >= 0 ? -half - Math.Sqrt(discriminant) : 0;
            Assert.Equal(expected, view.Depth[i], tolerance: discriminant > 0.01 ? 2e-5 : 2e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pixel_of_the_canonical_view_has_a_depth_between_4_and_6(string name)
    {
        SceneView view = SyntheticScene.ByName(name).Render(Camera.Canonical, 96, 96);
        Assert.All(view.Hit, hit => Assert.True(hit));
        Assert.All(view.Depth, depth => Assert.InRange(depth, 4f, 6f));
        Assert.All(view.Color, value => Assert.InRange(value, 0f, 1f));

        // Not a plane and not a blank wall.
        Assert.True(view.Depth.Max() - view.Depth.Min() > 1);
        Assert.True(view.Color.Max() > 0.7f && view.Color.Min() < 0.2f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Surfaces_lie_in_the_box_and_side_views_look_past_the_wall(string name)
    {
        foreach (double yaw in new[] { -0.4, 0.4 })
        {
            Camera camera = Camera.Orbit(yaw, 0);
            SceneView view = SyntheticScene.ByName(name).Render(camera, 40, 40);
            Assert.Contains(false, view.Hit);
            for (int i = 0; i < view.Depth.Length; i++)
            {
                Vector3D point = camera.Position + (camera.Direction(i % 40, i / 40, 40, 40) * view.Depth[i]);
                if (view.Hit[i])
                    Assert.True(Math.Max(Math.Abs(point.X), Math.Max(Math.Abs(point.Y), Math.Abs(point.Z))) < 1 + 1e-5, $"{point}");
                else
                    Assert.Equal((0f, 0f, 0f, 0f), (view.Depth[i], view.Color[3 * i], view.Color[(3 * i) + 1], view.Color[(3 * i) + 2]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_ray_steps_through_a_surface(string name)
    {
        // Small steps along each ray must find no inside point before the depth that was traced: the distance functions never overestimate.
        const int Size = 48;
        SyntheticScene scene = SyntheticScene.ByName(name);
        foreach (double yaw in new[] { 0, 0.3 })
        {
            Camera camera = Camera.Orbit(yaw, 0);
            SceneView view = scene.Render(camera, Size, Size);
            for (int i = 0; i < view.Depth.Length; i += 3)
            {
                Vector3D direction = camera.Direction(i % Size, i / Size, Size, Size);
                double end = view.Hit[i] ? view.Depth[i] - 1e-4 : 7;
                for (double t = 3.5; t < end; t += 0.004)
                    Assert.True(scene.Distance(camera.Position + (direction * t)) > 0, $"yaw {yaw}, pixel {i}: a surface at {t} before {view.Depth[i]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_point_has_one_colour_from_all_cameras(string name)
    {
        const int Size = 24;
        SyntheticScene scene = SyntheticScene.ByName(name);
        SceneView canonical = scene.Render(Camera.Canonical, Size, Size);
        int compared = 0;
        for (int i = Size / 2; i < canonical.Depth.Length; i += 11)
        {
            Vector3D point = Camera.Canonical.Position + (Camera.Canonical.Direction(i % Size, i / Size, Size, Size) * canonical.Depth[i]);
            var target = new SphericalPoint(Math.Atan2(-point.X, point.Z), Math.Acos(point.Y / point.Length), point.Length);
            Camera side = Camera.FromAngles((Math.PI / 2) + 0.25, (Math.PI / 2) - 0.05, lookAt: target);

            // The middle pixel of three looks at the target; it may be hidden from the side.
            SceneView seen = scene.Render(side, 3, 3);
            if (Math.Abs(seen.Depth[4] - (point - side.Position).Length) > 2e-5)
                continue;
            compared++;
            double difference = Enumerable.Range(0, 3).Max(c => Math.Abs(seen.Color[12 + c] - canonical.Color[(3 * i) + c]));

            // Both rays stop within 1e-5 of the point, which moves a texture by as little; its jumps were met by no point here.
            Assert.True(difference < 0.02, $"pixel {i}: colours differ by {difference}");
        }

        Assert.True(compared > 20, $"only {compared} points were seen from both cameras");
    }

    [Fact]
    public void Supersampling_changes_colours_at_edges_but_never_depths()
    {
        SceneView one = SyntheticScene.ByName("toys").Render(Camera.Canonical, 24, 24);
        SceneView nine = SyntheticScene.ByName("toys").Render(Camera.Canonical, 24, 24, supersampling: 3);
        Assert.Equal(one.Depth, nine.Depth);
        Assert.NotEqual(one.Color, nine.Color);
        Assert.Equal(nine.Color, SyntheticScene.ByName("toys").Render(Camera.Canonical, 24, 24, supersampling: 3).Color);
    }

    [Fact]
    public void A_half_covered_pixel_mixes_surface_and_background()
    {
        // White half space z > 0: at the middle column of an even supersampling half of the rays hit.
        var scene = new SyntheticScene("half", string.Empty, p => -p.Z, _ => new(1, 1, 1));
        SceneView view = scene.Render(Camera.Canonical, 3, 3, supersampling: 2);
        Assert.Equal(0f, view.Color[3 * 3]);
        Assert.Equal(view.Color[3 * 5] / 2, view.Color[3 * 4], 2);
    }

    [Fact]
    public void Names_find_scenes_and_unknown_ones_are_listed()
    {
        Assert.True(SyntheticScene.All.Count >= 3);
        Assert.Same(SyntheticScene.All[0], SyntheticScene.ByName(SyntheticScene.All[0].Name.ToUpperInvariant()));
        ArgumentException error = Assert.Throws<ArgumentException>(() => SyntheticScene.ByName("teapot"));
        Assert.Contains("teapot", error.Message, StringComparison.Ordinal);
        Assert.All(SyntheticScene.All, scene => Assert.Contains(scene.Name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_distance_that_is_not_a_number_is_reported_with_the_scene_and_the_point()
    {
        var scene = new SyntheticScene("broken", string.Empty, _ => double.NaN, _ => default);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => scene.Render(Camera.Canonical, 4, 4));
        Assert.Contains("'broken' gave NaN at (-1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 4, 1)]
    [InlineData(4, 0, 1)]
    [InlineData(4, 4, 0)]
    [InlineData(4, 4, 17)]
    [InlineData(100_000, 100_000, 1)]
    public void Sizes_out_of_range_are_refused(int width, int height, int supersampling) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sphere(0.5).Render(Camera.Canonical, width, height, supersampling));

    [Fact]
    public void Rendering_stops_when_it_is_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => Sphere(0.5).Render(Camera.Canonical, 8, 8, cancel: new CancellationToken(canceled: true)));

    internal static SyntheticScene Sphere(double radius) => new("sphere", "a sphere", p => p.Length - radius, _ => new(0.5, 0.5, 0.5));
}
