using G3DR.Core.Rendering;

namespace G3DR.Core.Metrics;

/// <summary>A vertex as a camera sees it.</summary>
/// <param name="Column">Position along the row, pixels at whole numbers.</param>
/// <param name="Row">Position from the top.</param>
/// <param name="InverseAhead">1 / distance along the viewing direction, which is linear over the picture of a flat triangle.</param>
internal readonly record struct ScreenVertex(double Column, double Row, double InverseAhead);

/// <summary>Draws triangles into a depth buffer: edge functions (Pineda 1988) with perspective-correct depth.</summary>
internal sealed class TriangleRasterizer(Camera camera, int width, int height)
{
    // Vertices of a map drawn into its own view lie on pixel centres up to rounding; without slack every such pixel could fall between its triangles.
    private const double EdgeSlack = 1e-9;

    private readonly Vector3D _forward = Forward(camera);
    private readonly double[] _inverseAhead = new double[width * height];
    private readonly bool[] _front = new bool[width * height];

    /// <summary>The position of a world point in the picture; null level with or behind the camera.</summary>
    public ScreenVertex? Project(Vector3D point) =>
        camera.Project(point, width, height) is { } seen
            ? new ScreenVertex(seen.Column, seen.Row, 1 / Vector3D.Dot(point - camera.Position, _forward))
            : null;

    /// <summary>Draws one triangle whose corners run counter-clockwise when it is seen from the front.</summary>
    public void Draw(ScreenVertex a, ScreenVertex b, ScreenVertex c)
    {
        // Rows count downwards, so counter-clockwise gives a negative area.
        double area = Edge(a, b, c.Column, c.Row);
        if (area == 0 || !double.IsFinite(area))
            return;
        (int left, int right) = PixelRange(a.Column, b.Column, c.Column, width);
        (int top, int bottom) = PixelRange(a.Row, b.Row, c.Row, height);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
            {
                double weightA = Edge(b, c, column, row) / area;
                double weightB = Edge(c, a, column, row) / area;
                double weightC = 1 - weightA - weightB;
                if (weightA < -EdgeSlack || weightB < -EdgeSlack || weightC < -EdgeSlack)
                    continue;
                double inverse = (weightA * a.InverseAhead) + (weightB * b.InverseAhead) + (weightC * c.InverseAhead);
                int pixel = (row * width) + column;
                if (inverse > _inverseAhead[pixel])
                {
                    _inverseAhead[pixel] = inverse;
                    _front[pixel] = area < 0;
                }
            }
        }
    }

    /// <summary>The depths along the rays after all triangles.</summary>
    public DepthMeshView Finish()
    {
        var depth = new float[width * height];
        for (int pixel = 0; pixel < depth.Length; pixel++)
        {
            if (!_front[pixel])
                continue;
            (int row, int column) = Math.DivRem(pixel, width);
            double cosine = Vector3D.Dot(camera.Direction(column, row, width, height), _forward);
            depth[pixel] = (float)(1 / (_inverseAhead[pixel] * cosine));
        }

        return new(width, height, depth, _front);
    }

    /// <summary>Twice the signed area of a triangle of an edge and a point.</summary>
    private static double Edge(ScreenVertex from, ScreenVertex to, double column, double row) =>
        ((to.Column - from.Column) * (row - from.Row)) - ((to.Row - from.Row) * (column - from.Column));

    private static (int First, int Last) PixelRange(double a, double b, double c, int size)
    {
        double low = Math.Ceiling(Math.Min(a, Math.Min(b, c)) - EdgeSlack);
        double high = Math.Floor(Math.Max(a, Math.Max(b, c)) + EdgeSlack);
        return ((int)Math.Clamp(low, 0, size), (int)Math.Clamp(high, -1, size - 1));
    }

    private static Vector3D Forward(Camera camera)
    {
        // The third column of the camera-to-world matrix points backward.
        double[] matrix = camera.CameraToWorld;
        return new(-matrix[2], -matrix[6], -matrix[10]);
    }
}
