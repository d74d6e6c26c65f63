using G3DR.Core.IO;
using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>
/// A scene whose true geometry is known everywhere: a signed distance function with a reflectance. It gives pictures and exact depths from any
/// camera, so that a scene fitted to one picture can be judged where that picture shows nothing.
/// </summary>
/// <remarks>
/// Geometry is whatever the distance function leaves inside the box [-1, 1]^3. Colours are Lambertian with the light, its soft shadows and the
/// ambient occlusion fixed to the scene: a point has the same colour from every camera. The scenes of <see cref="All"/> fill every pixel of the
/// canonical view with depths between 4 and 6; cameras to the side look past the edge of the back wall, where rays hit nothing.
/// </remarks>
public sealed class SyntheticScene
{
    /// <summary>Half the side of the box around the origin that scenes live in.</summary>
    public const double HalfSide = 1;

    // Sample pictures are made with this many rays per pixel side.
    private const int SampleSupersampling = 3;

    private const int LargestSupersampling = 16;

    private static readonly Lazy<IReadOnlyList<SyntheticScene>> s_all = new(() =>
    [
        Library.VaseScene.Create(),
        Library.RabbitScene.Create(),
        Library.ToysScene.Create(),
    ]);

    private readonly Func<Vector3D, double> _distance;
    private readonly Func<Vector3D, Vector3D> _albedo;

    /// <summary>A scene of your own.</summary>
    /// <param name="name">Short name, also the stem of sample files.</param>
    /// <param name="description">One line for people.</param>
    /// <param name="distance">
    /// Signed distance of a world point from the nearest surface, negative inside. It may be smaller than the true distance, never larger
    /// (rays would step through surfaces), and is only called inside or near the box. Called from several threads at once.
    /// </param>
    /// <param name="albedo">Linear RGB reflectance in [0, 1] of the surface at a world point. Called from several threads at once.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public SyntheticScene(string name, string description, Func<Vector3D, double> distance, Func<Vector3D, Vector3D> albedo)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(distance);
        ArgumentNullException.ThrowIfNull(albedo);
        (Name, Description, _distance, _albedo) = (name, description, distance, albedo);
    }

    /// <summary>The scenes that come with the library.</summary>
    public static IReadOnlyList<SyntheticScene> All => s_all.Value;

    /// <summary>Short name, also the stem of sample files.</summary>
    public string Name { get; }

    /// <summary>One line for people.</summary>
    public string Description { get; }

    /// <summary>The scene of that name out of <see cref="All"/>; upper and lower case are equal.</summary>
    /// <param name="name">For example "vase".</param>
    /// <exception cref="ArgumentException">There is no such scene; the message lists the names.</exception>
    public static SyntheticScene ByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(scene => scene.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no scene '{name}'; need one of {string.Join(", ", All.Select(scene => scene.Name))}.", nameof(name));
    }

    /// <summary>
    /// Writes the canonical view of a scene as the pair of files that fitting and training read: DIRECTORY/NAME.png (RGB, 8 bits) and
    /// DIRECTORY/NAME-depth.png (grey, 16 bits, see <see cref="SceneView.ToDepthImage"/>).
    /// </summary>
    /// <param name="directory">The folder; it is made if it does not exist.</param>
    /// <param name="name">A name out of <see cref="All"/>.</param>
    /// <param name="size">Side of the square pictures in pixels.</param>
    /// <param name="cancel">Stops the rendering; no file is written then.</param>
    /// <returns>The two files.</returns>
    /// <exception cref="ArgumentException">There is no such scene, or the size is out of range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static (string ColorPath, string DepthPath) WriteSample(string directory, string name, int size, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        SyntheticScene scene = ByName(name);
        SceneView view = scene.Render(Camera.Canonical, size, size, SampleSupersampling, cancel);
        Directory.CreateDirectory(directory);
        string colorPath = Path.Combine(directory, $"{scene.Name}.png");
        string depthPath = Path.Combine(directory, $"{scene.Name}-depth.png");
        AtomicFile.Write(colorPath, view.ToColorImage().SavePng);
        AtomicFile.Write(depthPath, view.ToDepthImage().SavePng);
        return (colorPath, depthPath);
    }

    /// <summary>Signed distance of a world point from the nearest surface inside the box, or a smaller number; negative inside.</summary>
    /// <param name="point">World position.</param>
    /// <exception cref="InvalidOperationException">The scene's distance function gave NaN.</exception>
    public double Distance(Vector3D point)
    {
        double distance = Math.Max(_distance(point), DistanceFunctions.Box(point, new(HalfSide, HalfSide, HalfSide)));
        if (double.IsNaN(distance))
            throw new InvalidOperationException($"The distance function of the scene '{Name}' gave NaN at {point}.");
        return distance;
    }

    /// <summary>The view of a camera: colours, true depths and which pixels hit a surface.</summary>
    /// <param name="camera">The camera; pixels lie on its rays (<see cref="Camera.Rays"/>).</param>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="supersampling">
    /// Colour is the mean of this many rays squared, spread over the pixel's area; 1 takes the pixel's own ray. Depth and hit are always those of the pixel's own ray.
    /// </param>
    /// <param name="cancel">Stops between rows.</param>
    /// <returns>The view; the same numbers for any number of threads.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or too large for one array, or supersampling is not 1 to 16.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public SceneView Render(Camera camera, int width, int height, int supersampling = 1, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(camera);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(supersampling, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(supersampling, LargestSupersampling);
        if ((Int128)width * height * 3 > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(width), $"A picture of {width} x {height} does not fit into one array.");

        var view = new SceneView(width, height);
        try
        {
            Parallel.For(0, height, new ParallelOptions { CancellationToken = cancel }, row =>
            {
                for (int column = 0; column < width; column++)
                    RenderPixel(camera, view, column, row, supersampling);
            });
        }
        catch (AggregateException e) when (e.InnerException is InvalidOperationException inner)
        {
            throw new InvalidOperationException(inner.Message, e);
        }

        return view;
    }

    private void RenderPixel(Camera camera, SceneView view, int column, int row, int supersampling)
    {
        int pixel = (row * view.Width) + column;
        Vector3D centre = camera.Direction(column, row, view.Width, view.Height);
        double? depth = SphereTracer.Trace(this, camera.Position, centre);
        view.Hit[pixel] = depth.HasValue;
        view.Depth[pixel] = (float)(depth ?? 0);

        Vector3D sum = default;
        for (int sample = 0; sample < supersampling * supersampling; sample++)
        {
            double dx = (((sample % supersampling) + 0.5) / supersampling) - 0.5;
            double dy = (((sample / supersampling) + 0.5) / supersampling) - 0.5;
            bool isCentre = dx == 0 && dy == 0;
            Vector3D direction = isCentre ? centre : camera.Direction(column + dx, row + dy, view.Width, view.Height);
            double? distance = isCentre ? depth : SphereTracer.Trace(this, camera.Position, direction);
            if (distance is double t)
            {
                Vector3D point = camera.Position + (direction * t);
                sum += SceneLighting.Shade(this, point, _albedo(point));
            }
        }

        Vector3D color = sum * (1.0 / (supersampling * supersampling));
        view.Color[3 * pixel] = (float)color.X;
        view.Color[(3 * pixel) + 1] = (float)color.Y;
        view.Color[(3 * pixel) + 2] = (float)color.Z;
    }
}
