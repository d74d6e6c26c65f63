namespace G3DR.Core.Rendering;

/// <summary>The rays of one or several pictures of one size: pixels row by row from the top left, one picture after the other.</summary>
public sealed class RayBundle
{
    private RayBundle(float[] origins, float[] directions, int pictures, int width, int height) =>
        (Origins, Directions, Pictures, Width, Height) = (origins, directions, pictures, width, height);

    /// <summary>Origins (pictures, rays, 3).</summary>
    public float[] Origins { get; }

    /// <summary>Directions of unit length (pictures, rays, 3).</summary>
    public float[] Directions { get; }

    /// <summary>Number of pictures.</summary>
    public int Pictures { get; }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows per picture.</summary>
    public int Height { get; }

    /// <summary>Rays of one picture: width x height.</summary>
    public int RaysPerPicture => Width * Height;

    /// <summary>The rays of several cameras, each with a picture of the same size.</summary>
    /// <param name="cameras">One camera per picture, at least one.</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Number of rows.</param>
    /// <exception cref="ArgumentException">There is no camera.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or the pictures have more rays than an array can hold.</exception>
    public static RayBundle FromCameras(IReadOnlyList<Camera> cameras, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (cameras.Count == 0)
        {
            throw new ArgumentException("Rays need at least one camera.", nameof(cameras));
        }

        if ((Int128)width * height * 3 * cameras.Count > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width), $"{cameras.Count} pictures of {width} x {height} have more rays than fit into one array; render them in parts.");
        }

        var origins = new float[width * height * 3 * cameras.Count];
        var directions = new float[origins.Length];
        int next = 0;
        foreach (Camera camera in cameras)
        {
            for (int row = 0; row < height; row++)
            {
                for (int column = 0; column < width; column++)
                {
                    Write(origins, next, camera.Position);
                    Write(directions, next, camera.Direction(column, row, width, height));
                    next += 3;
                }
            }
        }

        return new(origins, directions, cameras.Count, width, height);
    }

    private static void Write(float[] values, int at, Vector3D value) =>
        (values[at], values[at + 1], values[at + 2]) = ((float)value.X, (float)value.Y, (float)value.Z);
}
