using G3DR.Core.Rendering;

namespace G3DR.Core.Metrics;

/// <summary>
/// A depth map as a surface: one vertex per pixel, on the pixel's ray at the pixel's depth, and two triangles between every four neighbours.
/// Seen from another camera it says which depths the input already determines there.
/// </summary>
public sealed class DepthMesh
{
    /// <summary>A triangle whose corners differ by more than this in depth spans two objects and is left out.</summary>
    public const double DefaultLargestJump = 0.1;

    private DepthMesh(Camera camera, int width, int height, Vector3D[] vertices, int[] triangles, int cut) =>
        (Camera, Width, Height, Vertices, Triangles, CutTriangles) = (camera, width, height, vertices, triangles, cut);

    /// <summary>The camera that saw the depth map.</summary>
    public Camera Camera { get; }

    /// <summary>Pixels per row of the depth map.</summary>
    public int Width { get; }

    /// <summary>Rows of the depth map.</summary>
    public int Height { get; }

    /// <summary>World positions (height x width), pixel by pixel; pixels without depth have their vertex at the camera and belong to no triangle.</summary>
    public IReadOnlyList<Vector3D> Vertices { get; }

    /// <summary>Three vertex numbers per triangle, counter-clockwise as the camera of the depth map sees them.</summary>
    public IReadOnlyList<int> Triangles { get; }

    /// <summary>How many triangles were left out because of a jump or a pixel without depth.</summary>
    public int CutTriangles { get; }

    /// <summary>The mesh of a depth map.</summary>
    /// <param name="depth">(height, width) distances along the rays of <paramref name="camera"/>; 0 marks a pixel without a surface.</param>
    /// <param name="width">Pixels per row, at least 2.</param>
    /// <param name="height">Rows, at least 2.</param>
    /// <param name="camera">The camera that saw the map, for the pictures of this project <see cref="Camera.Canonical"/>.</param>
    /// <param name="largestJump">Largest difference of depth between the corners of a triangle; infinity cuts nothing.</param>
    /// <exception cref="ArgumentException">The length does not fit the size, or a depth is negative or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 2, or the jump is not positive.</exception>
    public static DepthMesh FromDepth(ReadOnlySpan<float> depth, int width, int height, Camera camera, double largestJump = DefaultLargestJump)
    {
        ArgumentNullException.ThrowIfNull(camera);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 2);
        if (depth.Length != (long)width * height)
            throw new ArgumentException($"Got {depth.Length} depths, need {height} x {width} = {(long)width * height}.", nameof(depth));
        if (!(largestJump > 0))
            throw new ArgumentOutOfRangeException(nameof(largestJump), largestJump, "The largest jump must be positive.");
        if (6L * (width - 1) * (height - 1) > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"A depth map of {width} x {height} has more triangles than fit into one array.");

        var vertices = new Vector3D[depth.Length];
        for (int i = 0; i < depth.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, width);
            if (!(depth[i] >= 0 && float.IsFinite(depth[i])))
                throw new ArgumentException($"Depths must be finite and not negative (0: no surface); got {depth[i]} at row {row}, column {column}.", nameof(depth));
            vertices[i] = camera.Position + (camera.Direction(column, row, width, height) * depth[i]);
        }

        var triangles = new List<int>(6 * (width - 1) * (height - 1));
        int cut = 0;
        for (int row = 0; row < height - 1; row++)
        {
            for (int column = 0; column < width - 1; column++)
            {
                int topLeft = (row * width) + column;
                int bottomLeft = topLeft + width;
                cut += AddUnlessCut(triangles, depth, topLeft, bottomLeft, topLeft + 1, largestJump);
                cut += AddUnlessCut(triangles, depth, topLeft + 1, bottomLeft, bottomLeft + 1, largestJump);
            }
        }

        return new(camera, width, height, vertices, [.. triangles], cut);
    }

    /// <summary>The depths that another camera sees on the mesh.</summary>
    /// <param name="camera">The camera.</param>
    /// <param name="width">Pixels per row, on the grid of <see cref="Camera.Rays"/>.</param>
    /// <param name="height">Rows.</param>
    /// <returns>
    /// Distances along the pixels' rays, exact for the flat triangles, and which pixels are covered. Where the nearest triangle is seen from
    /// behind, the ray comes out of something whose back the depth map did not see: such a triangle hides what lies behind it, but does not count as covered.
    /// </returns>
    /// <remarks>Triangles with a corner level with or behind the camera are left out.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or the picture does not fit into one array.</exception>
    public DepthMeshView Rasterize(Camera camera, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(camera);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if ((long)width * height > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"A picture of {width} x {height} does not fit into one array.");
        var rasterizer = new TriangleRasterizer(camera, width, height);
        ScreenVertex?[] screen = [.. Vertices.Select(rasterizer.Project)];
        for (int i = 0; i < Triangles.Count; i += 3)
        {
            if (screen[Triangles[i]] is { } a && screen[Triangles[i + 1]] is { } b && screen[Triangles[i + 2]] is { } c)
                rasterizer.Draw(a, b, c);
        }

        return rasterizer.Finish();
    }

    private static int AddUnlessCut(List<int> triangles, ReadOnlySpan<float> depth, int a, int b, int c, double largestJump)
    {
        float nearest = Math.Min(depth[a], Math.Min(depth[b], depth[c]));
        float farthest = Math.Max(depth[a], Math.Max(depth[b], depth[c]));
        if (nearest == 0 || farthest - nearest > largestJump)
            return 1;
        triangles.AddRange([a, b, c]);
        return 0;
    }
}

/// <summary>What a camera sees of a <see cref="DepthMesh"/>.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Distances along the pixels' rays (height, width); 0 where the mesh does not cover the pixel.</param>
/// <param name="Covered">Whether the pixel sees the front of the mesh (height, width).</param>
public sealed record DepthMeshView(int Width, int Height, float[] Depth, bool[] Covered)
{
    /// <summary>Number of covered pixels.</summary>
    public int CoveredPixels => Covered.Count(covered => covered);
}
