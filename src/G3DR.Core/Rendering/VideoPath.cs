namespace G3DR.Core.Rendering;

/// <summary>Camera paths for videos.</summary>
public static class VideoPath
{
    private const double YawSwing = 0.25;
    private const double PitchSwing = 0.1;

    /// <summary>
    /// The closed path of the released code: yaw pi/2 + 0.25 sin(2 pi s), pitch pi/2 + 0.1 cos(2 pi s), radius 5, field of view 18 degrees,
    /// with s from 0 to 1, both ends included (the last frame equals the first).
    /// </summary>
    /// <param name="frames">Number of cameras, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> is below 1.</exception>
    public static IReadOnlyList<Camera> Official(int frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        var path = new Camera[frames];
        for (int i = 0; i < frames; i++)
        {
            double phase = 2 * Math.PI * i / Math.Max(frames - 1, 1);
            path[i] = Camera.Orbit(YawSwing * Math.Sin(phase), PitchSwing * Math.Cos(phase));
        }

        return path;
    }
}
