namespace G3DR.Core.Rendering;

/// <summary>
/// A pinhole camera on a sphere, in the convention of G3DR's released code. Immutable; angles in radians, field of view in degrees,
/// arithmetic in double precision.
/// </summary>
/// <remarks>
/// For yaw a, pitch p and radius r the camera stands at (r sin p sin(-a), r cos p, r sin p cos a), y up. The canonical view (yaw = pitch = pi/2,
/// radius 5, field of view 18) stands at (-5, 0, 0) and looks along +x, with +z to the right and +y up. Columns of the camera-to-world matrix:
/// right, up, backward, position. There is no roll. Rays pass through the corners of the picture: the first pixel looks at -1, the last at +1
/// of the normalised picture, and the field of view holds for both axes whatever the aspect of the picture is.
/// </remarks>
public sealed class Camera
{
    /// <summary>Distance of the canonical camera from the origin.</summary>
    public const double CanonicalRadius = 5;

    /// <summary>Field of view of the canonical camera, in degrees.</summary>
    public const double CanonicalFieldOfView = 18;

    private const double CanonicalAngle = Math.PI / 2;

    // Below this length of (up x forward) the camera looks so nearly along y that its sideways direction is rounding noise.
    private const double SmallestSideways = 1e-9;

    private readonly Vector3D _right, _up, _backward;

    private Camera(double yaw, double pitch, double radius, double fieldOfView, Vector3D position, Vector3D target)
    {
        (Yaw, Pitch, Radius, FieldOfView, Position) = (yaw, pitch, radius, fieldOfView, position);
        Vector3D toTarget = target - position;
        if (!(toTarget.Length > 0))
        {
            throw new ArgumentException($"The camera stands on its target {target}: it has no viewing direction.");
        }

        Vector3D forward = toTarget.Unit();
        Vector3D left = Vector3D.Cross(new(0, 1, 0), forward);
        if (left.Length < SmallestSideways)
        {
            throw new ArgumentException(
                $"The camera at {position} looks straight up or down (yaw {yaw}, pitch {pitch}): its sideways direction is undefined. Use a pitch inside (0, pi).");
        }

        left = left.Unit();
        _right = -left;
        _up = Vector3D.Cross(forward, left).Unit();
        _backward = -forward;
    }

    /// <summary>The view of the training pictures: yaw = pitch = pi/2, radius 5, field of view 18 degrees.</summary>
    public static Camera Canonical { get; } = FromAngles(CanonicalAngle, CanonicalAngle);

    /// <summary>Angle around the y axis, in radians.</summary>
    public double Yaw { get; }

    /// <summary>Angle from the +y axis, in radians: pi/2 is level, larger looks from below.</summary>
    public double Pitch { get; }

    /// <summary>Distance from the origin.</summary>
    public double Radius { get; }

    /// <summary>Full opening angle of both picture axes, in degrees.</summary>
    public double FieldOfView { get; }

    /// <summary>Where the camera stands.</summary>
    public Vector3D Position { get; }

    /// <summary>Camera-to-world matrix, 4 x 4, row-major; its last row is 0 0 0 1.</summary>
    public double[] CameraToWorld =>
    [
        _right.X, _up.X, _backward.X, Position.X,
        _right.Y, _up.Y, _backward.Y, Position.Y,
        _right.Z, _up.Z, _backward.Z, Position.Z,
        0, 0, 0, 1,
    ];

    /// <summary>A camera by the angles of the released code.</summary>
    /// <param name="yaw">Angle around the y axis, in radians.</param>
    /// <param name="pitch">Angle from the +y axis, in radians.</param>
    /// <param name="radius">Distance from the origin.</param>
    /// <param name="fieldOfViewDegrees">Full opening angle, in degrees, between 0 and 180.</param>
    /// <param name="lookAt">What the camera looks at, in the same spherical coordinates; the origin by default.</param>
    /// <exception cref="ArgumentException">A number is not finite, the radius or angle is out of range, or the view has no sideways direction.</exception>
    public static Camera FromAngles(
        double yaw,
        double pitch,
        double radius = CanonicalRadius,
        double fieldOfViewDegrees = CanonicalFieldOfView,
        SphericalPoint lookAt = default)
    {
        if (!double.IsFinite(yaw) || !double.IsFinite(pitch))
        {
            throw new ArgumentException($"Camera angles must be finite; got yaw {yaw} and pitch {pitch}.");
        }

        if (!double.IsFinite(radius) || radius <= 0)
        {
            throw new ArgumentException($"The radius of a camera must be positive and finite; got {radius}.", nameof(radius));
        }

        if (!(fieldOfViewDegrees > 0 && fieldOfViewDegrees < 180))
        {
            throw new ArgumentException($"The field of view must lie between 0 and 180 degrees; got {fieldOfViewDegrees}.", nameof(fieldOfViewDegrees));
        }

        if (!double.IsFinite(lookAt.Yaw) || !double.IsFinite(lookAt.Pitch) || !double.IsFinite(lookAt.Radius))
        {
            throw new ArgumentException($"The target of a camera must be finite; got {lookAt}.", nameof(lookAt));
        }

        return new(yaw, pitch, radius, fieldOfViewDegrees, new SphericalPoint(yaw, pitch, radius).ToCartesian(), lookAt.ToCartesian());
    }

    /// <summary>A camera that looks at the origin, by its angles from the canonical view.</summary>
    /// <param name="yaw">Turn around the y axis, in radians; 0 is the canonical view.</param>
    /// <param name="pitch">Tilt, in radians; 0 is the canonical view, positive moves the camera down.</param>
    /// <param name="radius">Distance from the origin.</param>
    /// <param name="fovDegrees">Full opening angle, in degrees.</param>
    /// <exception cref="ArgumentException">As for <see cref="FromAngles"/>.</exception>
    public static Camera Orbit(double yaw, double pitch, double radius = CanonicalRadius, double fovDegrees = CanonicalFieldOfView) =>
        FromAngles(CanonicalAngle + yaw, CanonicalAngle + pitch, radius, fovDegrees);

    /// <summary>One ray per pixel, row by row from the top left.</summary>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or the picture has more rays than an array can hold.</exception>
    public RayBundle Rays(int width, int height) => RayBundle.FromCameras([this], width, height);

    /// <summary>Direction of the ray through a pixel position, of unit length.</summary>
    /// <param name="column">Position along the row; pixels are whole numbers from 0.</param>
    /// <param name="row">Position from the top.</param>
    /// <param name="width">Pixels per row of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    public Vector3D Direction(double column, double row, int width, int height)
    {
        double x = -1 + (2 * column / Math.Max(width - 1, 1));
        double y = 1 - (2 * row / Math.Max(height - 1, 1));
        var local = new Vector3D(x, y, -FocalLength).Unit();
        return (_right * local.X) + (_up * local.Y) + (_backward * local.Z);
    }

    /// <summary>Where a world point appears in a picture of this camera: the inverse of <see cref="Direction"/> and a distance.</summary>
    /// <param name="point">World position.</param>
    /// <param name="width">Pixels per row of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <returns>Pixel position (also outside the picture) and distance; null for points level with or behind the camera.</returns>
    public ProjectedPoint? Project(Vector3D point, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        Vector3D relative = point - Position;
        double ahead = -Vector3D.Dot(relative, _backward);
        if (!(ahead > 0))
        {
            return null;
        }

        double scale = FocalLength / ahead;
        double x = Vector3D.Dot(relative, _right) * scale;
        double y = Vector3D.Dot(relative, _up) * scale;
        return new((x + 1) / 2 * (width - 1), (1 - y) / 2 * (height - 1), relative.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => $"camera yaw {Yaw:g4}, pitch {Pitch:g4}, radius {Radius:g4}, field of view {FieldOfView:g4} degrees";

    private double FocalLength => 1 / Math.Tan(FieldOfView * Math.PI / 360);
}
