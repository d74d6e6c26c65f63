using G3DR.Core.Rendering;

namespace G3DR.Core.Metrics;

/// <summary>
/// How well a fitted scene keeps the shape of its input when the camera moves: mean |rendered depth - depth of the input's mesh| over the pixels
/// that the mesh covers in views to both sides. A collapsed or foggy volume that looks right from the front fails here.
/// </summary>
public static class NovelDepthError
{
    /// <summary>Turns of the camera from the canonical view, in radians.</summary>
    public static IReadOnlyList<double> DefaultYaws { get; } = [-0.4, -0.2, 0.2, 0.4];

    /// <summary>Measures a scene at <see cref="DefaultYaws"/> or other turns.</summary>
    /// <param name="mesh">The input's depth map as a mesh.</param>
    /// <param name="renderDepth">
    /// Renders the fitted scene: for a camera the distances along its rays, (height, width). Called once per turn, in order. An empty ray
    /// counts with whatever depth it is given.
    /// </param>
    /// <param name="width">Pixels per row of the views.</param>
    /// <param name="height">Rows of the views.</param>
    /// <param name="yaws">Turns around the vertical axis in radians, 0 for the canonical view; null for the default ones.</param>
    /// <param name="cancel">Stops between views.</param>
    /// <returns>The error over all views and that of each.</returns>
    /// <exception cref="ArgumentException">No turns are given, the renderer gives another number of depths, or the mesh covers no pixel in any view.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static NovelDepthErrorResult Measure(
        DepthMesh mesh,
        Func<Camera, float[]> renderDepth,
        int width,
        int height,
        IReadOnlyList<double>? yaws = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        ArgumentNullException.ThrowIfNull(renderDepth);
        yaws ??= DefaultYaws;
        if (yaws.Count == 0)
            throw new ArgumentException("At least one turn of the camera is needed.", nameof(yaws));

        var views = new List<NovelDepthView>(yaws.Count);
        double sum = 0;
        long pixels = 0;
        foreach (double yaw in yaws)
        {
            cancel.ThrowIfCancellationRequested();
            Camera camera = Camera.Orbit(yaw, pitch: 0);
            DepthMeshView expected = mesh.Rasterize(camera, width, height);
            float[] rendered = renderDepth(camera);
            if (rendered.Length != expected.Depth.Length)
                throw new ArgumentException($"The renderer gave {rendered.Length} depths, need {height} x {width} = {expected.Depth.Length}.", nameof(renderDepth));
            int covered = expected.CoveredPixels;
            double error = covered > 0 ? DepthError.MeanAbsolute<float>(rendered, expected.Depth, expected.Covered) : double.NaN;
            views.Add(new(yaw, error, covered));
            sum += covered > 0 ? error * covered : 0;
            pixels += covered;
        }

        if (pixels == 0)
            throw new ArgumentException($"The mesh covers no pixel at any of the turns {string.Join(", ", yaws)}.", nameof(mesh));
        return new(sum / pixels, views);
    }
}

/// <summary>Result of <see cref="NovelDepthError"/>.</summary>
/// <param name="Mean">Mean absolute difference over all covered pixels of all views, in units of depth.</param>
/// <param name="Views">The views in the order of their turns.</param>
public sealed record NovelDepthErrorResult(double Mean, IReadOnlyList<NovelDepthView> Views);

/// <summary>One view of <see cref="NovelDepthError"/>.</summary>
/// <param name="Yaw">Turn of the camera in radians.</param>
/// <param name="Error">Mean absolute difference over the covered pixels; NaN if there are none.</param>
/// <param name="CoveredPixels">Pixels that the mesh covers.</param>
public readonly record struct NovelDepthView(double Yaw, double Error, int CoveredPixels);
