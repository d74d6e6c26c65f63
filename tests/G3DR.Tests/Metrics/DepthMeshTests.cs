using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Tests.Metrics;

public sealed class DepthMeshTests
{
    private const int Size = 64;

    [Fact]
    public void Drawn_into_its_own_view_a_map_comes_back()
    {
        foreach (SyntheticScene scene in SyntheticScene.All)
        {
            SceneView view = scene.Render(Camera.Canonical, Size, Size);
            DepthMeshView back = DepthMesh.FromDepth(view.Depth, Size, Size, Camera.Canonical, double.PositiveInfinity).Rasterize(Camera.Canonical, Size, Size);
            Assert.Equal(Size * Size, back.CoveredPixels);
            for (int i = 0; i < view.Depth.Length; i++)
                Assert.Equal(view.Depth[i], back.Depth[i], tolerance: 2e-6);
        }
    }

    [Fact]
    public void Drawn_into_its_own_view_a_cut_map_comes_back_where_it_is_covered()
    {
        SceneView view = SyntheticScene.ByName("vase").Render(Camera.Canonical, Size, Size);
        DepthMeshView back = DepthMesh.FromDepth(view.Depth, Size, Size, Camera.Canonical).Rasterize(Camera.Canonical, Size, Size);
        Assert.InRange(back.CoveredPixels, (int)(0.9 * Size * Size), (Size * Size) - 1);
        for (int i = 0; i < view.Depth.Length; i++)
            Assert.Equal(back.Covered[i] ? view.Depth[i] : 0, back.Depth[i], tolerance: 2e-6);
    }

    [Fact]
    public void A_slanted_plane_is_exact_from_any_camera_because_depth_is_perspective_correct()
    {
        // The plane n p = c, sampled coarsely: 9 x 9 vertices, then seen by other cameras at a finer grid.
        var normal = new Vector3D(-0.8, 0.5, 0.33);
        const double Offset = -0.1;
        double Distance(Vector3D origin, Vector3D direction) => (Offset - Vector3D.Dot(normal, origin)) / Vector3D.Dot(normal, direction);
        float[] depth =
        [
            .. Enumerable.Range(0, 81).Select(i => (float)Distance(Camera.Canonical.Position, Camera.Canonical.Direction(i % 9, i / 9, 9, 9))),
        ];
        var mesh = DepthMesh.FromDepth(depth, 9, 9, Camera.Canonical, double.PositiveInfinity);
        foreach (Camera camera in new[] { Camera.Canonical, Camera.Orbit(0.3, 0.1), Camera.Orbit(-0.4, -0.2, radius: 3, fovDegrees: 40) })
        {
            DepthMeshView view = mesh.Rasterize(camera, 50, 37);
            Assert.True(view.CoveredPixels > 200);
            for (int i = 0; i < view.Depth.Length; i++)
            {
                if (view.Covered[i])
                    Assert.Equal(Distance(camera.Position, camera.Direction(i % 50, i / 50, 50, 37)), view.Depth[i], tolerance: 3e-6);
            }
        }
    }

    [Theory]
    [InlineData(-0.4)]
    [InlineData(-0.2)]
    [InlineData(0.2)]
    [InlineData(0.4)]
    public void From_the_side_the_mesh_has_the_true_depth_of_the_scene(double yaw)
    {
        const int Fine = 160;
        Camera side = Camera.Orbit(yaw, 0);
        foreach (SyntheticScene scene in SyntheticScene.All)
        {
            SceneView front = scene.Render(Camera.Canonical, Fine, Fine);
            SceneView truth = scene.Render(side, Size, Size);
            DepthMeshView seen = DepthMesh.FromDepth(front.Depth, Fine, Fine, Camera.Canonical).Rasterize(side, Size, Size);
            double[] errors = [.. Enumerable.Range(0, Size * Size).Where(i => seen.Covered[i] && truth.Hit[i]).Select(i => (double)Math.Abs(seen.Depth[i] - truth.Depth[i])).Order()];

            // Smooth parts agree to the flatness of the triangles. The rest are pixels beside an edge, or behind a side the front view cannot see.
            Assert.True(errors.Length > Size * Size / 2);
            Assert.True(errors[errors.Length / 2] < 1e-4, $"{scene.Name}: median {errors[errors.Length / 2]}");
            Assert.True(errors[errors.Length * 85 / 100] < 5e-3, $"{scene.Name}: 85 % {errors[errors.Length * 85 / 100]}");
        }
    }

    [Fact]
    public void A_jump_is_cut_and_stays_whole_below_the_limit()
    {
        // Four columns: two at 5, two farther. The middle quads hold two triangles each, 3 rows of vertices make 2 quads.
        float[] Map(float jump) => [.. Enumerable.Range(0, 12).Select(i => i % 4 < 2 ? 5f : 5f + jump)];
        Assert.Equal(0, DepthMesh.FromDepth(Map(0.09f), 4, 3, Camera.Canonical).CutTriangles);
        var cut = DepthMesh.FromDepth(Map(0.2f), 4, 3, Camera.Canonical);
        Assert.Equal((4, 8 * 3), (cut.CutTriangles, cut.Triangles.Count));

        // Between the halves of the cut map nothing is covered: pixels at one and a third and one and two thirds.
        DepthMeshView view = cut.Rasterize(Camera.Canonical, 10, 3);
        Assert.Equal(
            [true, true, true, true, false, false, true, true, true, true],
            view.Covered.Take(10));
    }

    [Fact]
    public void Pixels_without_a_surface_belong_to_no_triangle()
    {
        float[] depth = [5, 5, 5, 5, 0, 5, 5, 5, 5];
        var mesh = DepthMesh.FromDepth(depth, 3, 3, Camera.Canonical, double.PositiveInfinity);

        // The middle vertex belongs to 6 of the 8 triangles.
        Assert.Equal(6, mesh.CutTriangles);
        Assert.DoesNotContain(4, mesh.Triangles);
    }

    [Fact]
    public void The_nearer_of_two_surfaces_is_seen()
    {
        // A near left half before a far right half; from the right side the near one is in front of the far one.
        float[] depth = [.. Enumerable.Range(0, Size * Size).Select(i => i % Size < Size / 2 ? 4.4f : 5.6f)];
        var mesh = DepthMesh.FromDepth(depth, Size, Size, Camera.Canonical);
        DepthMeshView left = mesh.Rasterize(Camera.Orbit(-0.3, 0), Size, Size);
        DepthMeshView right = mesh.Rasterize(Camera.Orbit(0.3, 0), Size, Size);

        // One side shows a gap between the halves, the other one overlaps them without any in the middle row.
        int gapLeft = MiddleGap(left), gapRight = MiddleGap(right);
        Assert.True((gapLeft > 5 && gapRight == 0) || (gapRight > 5 && gapLeft == 0), $"gaps {gapLeft} and {gapRight}");
        Assert.All(left.Depth.Zip(left.Covered), pair => Assert.Equal(pair.Second, pair.First > 3.5f));

        static int MiddleGap(DepthMeshView view)
        {
            bool[] row = view.Covered[((Size / 2) * Size)..(((Size / 2) + 1) * Size)];
            int first = Array.IndexOf(row, true), last = Array.LastIndexOf(row, true);
            return row[first..last].Count(covered => !covered);
        }
    }

    [Fact]
    public void Seen_from_behind_it_hides_but_does_not_cover()
    {
        float[] depth = [.. Enumerable.Repeat(5f, Size * Size)];
        DepthMeshView behind = DepthMesh.FromDepth(depth, Size, Size, Camera.Canonical).Rasterize(Camera.Orbit(Math.PI, 0), Size, Size);
        Assert.Equal(0, behind.CoveredPixels);
        Assert.All(behind.Depth, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Covered_pixels_lie_within_the_depths_of_the_vertices()
    {
        Gen<(double Yaw, double Pitch)> cameras = from yaw in Gen.Choose(-600, 600) from pitch in Gen.Choose(-300, 300) select (yaw / 1000.0, pitch / 1000.0);
        float[] depth = SyntheticScene.ByName("toys").Render(Camera.Canonical, 40, 40).Depth;
        var mesh = DepthMesh.FromDepth(depth, 40, 40, Camera.Canonical);
        Prop.ForAll(cameras.ToArbitrary(), angles =>
        {
            Camera camera = Camera.Orbit(angles.Yaw, angles.Pitch);
            double[] distances = [.. mesh.Vertices.Select(vertex => (vertex - camera.Position).Length)];
            DepthMeshView view = mesh.Rasterize(camera, 30, 30);

            // The nearest point of a triangle may be nearer than its corners by the sagitta of its size, some 1e-4.
            (double nearest, double farthest) = (distances.Min() - 1e-3, distances.Max() + 1e-6);
            return Enumerable.Range(0, 900).All(i => view.Covered[i] ? view.Depth[i] >= nearest && view.Depth[i] <= farthest : view.Depth[i] == 0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Bad_depths_and_sizes_are_refused_with_their_place()
    {
        ArgumentException nan = Assert.Throws<ArgumentException>(() => DepthMesh.FromDepth([5, 5, 5, 5, float.NaN, 5], 3, 2, Camera.Canonical));
        Assert.Contains("NaN at row 1, column 1", nan.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DepthMesh.FromDepth([5, 5, 5, -1], 2, 2, Camera.Canonical));
        ArgumentException length = Assert.Throws<ArgumentException>(() => DepthMesh.FromDepth([5, 5, 5], 2, 2, Camera.Canonical));
        Assert.Contains("3 depths, need 2 x 2 = 4", length.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => DepthMesh.FromDepth([5, 5], 1, 2, Camera.Canonical));
        Assert.Throws<ArgumentOutOfRangeException>(() => DepthMesh.FromDepth([5, 5, 5, 5], 2, 2, Camera.Canonical, largestJump: double.NaN));
    }
}
