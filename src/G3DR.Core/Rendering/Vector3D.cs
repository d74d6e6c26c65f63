namespace G3DR.Core.Rendering;

/// <summary>A position or direction in world coordinates, double precision.</summary>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate, up.</param>
/// <param name="Z">Third coordinate.</param>
public readonly record struct Vector3D(double X, double Y, double Z)
{
    /// <summary>Euclidean length.</summary>
    public double Length => Math.Sqrt(Dot(this, this));

    /// <summary>Sum.</summary>
    public static Vector3D operator +(Vector3D a, Vector3D b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>Difference.</summary>
    public static Vector3D operator -(Vector3D a, Vector3D b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>The opposite direction.</summary>
    public static Vector3D operator -(Vector3D a) => new(-a.X, -a.Y, -a.Z);

    /// <summary>Product with a number.</summary>
    public static Vector3D operator *(Vector3D a, double scale) => new(a.X * scale, a.Y * scale, a.Z * scale);

    /// <summary>Scalar product.</summary>
    public static double Dot(Vector3D a, Vector3D b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    /// <summary>Vector product.</summary>
    public static Vector3D Cross(Vector3D a, Vector3D b) =>
        new((a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    /// <summary>The same direction with length 1; NaN for the zero vector.</summary>
    public Vector3D Unit() => this * (1 / Length);

    /// <inheritdoc/>
    public override string ToString() => $"({X:g6}, {Y:g6}, {Z:g6})";
}

/// <summary>A point in the spherical coordinates of <see cref="Camera"/>; the default value is the origin.</summary>
/// <param name="Yaw">Angle around the y axis, in radians.</param>
/// <param name="Pitch">Angle from the +y axis, in radians.</param>
/// <param name="Radius">Distance from the origin.</param>
public readonly record struct SphericalPoint(double Yaw, double Pitch, double Radius)
{
    /// <summary>The point in world coordinates: (r sin p sin(-a), r cos p, r sin p cos a).</summary>
    public Vector3D ToCartesian()
    {
        double horizontal = Radius * Math.Sin(Pitch);
        return new(horizontal * Math.Sin(-Yaw), Radius * Math.Cos(Pitch), horizontal * Math.Cos(Yaw));
    }
}

/// <summary>A world point seen by a <see cref="Camera"/>.</summary>
/// <param name="Column">Position along the row; pixels are whole numbers from 0, also outside the picture.</param>
/// <param name="Row">Position from the top.</param>
/// <param name="Distance">Distance along the ray, the unit of rendered depth.</param>
public readonly record struct ProjectedPoint(double Column, double Row, double Distance);
