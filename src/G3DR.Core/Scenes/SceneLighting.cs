using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>
/// Light that depends on the point alone, never on the camera: a warm lamp with soft shadows, a weak cool fill and sky light with ambient
/// occlusion. The estimates of penumbra and occlusion from few distances follow Quilez, "Soft shadows in raymarched SDFs" (2010), and
/// Evans, "Fast approximations for global illumination on dynamic scenes" (2006).
/// </summary>
internal static class SceneLighting
{
    // Directions towards the lights: the lamp high at the left behind the canonical camera, the fill low at the right.
    private static readonly Vector3D s_lamp = new Vector3D(-0.72, 0.86, -0.52).Unit();
    private static readonly Vector3D s_fill = new Vector3D(-0.60, 0.25, 0.75).Unit();
    private static readonly Vector3D s_lampColor = new(1.28, 1.20, 1.06);
    private static readonly Vector3D s_fillColor = new(0.14, 0.16, 0.20);
    private static readonly Vector3D s_skyColor = new(0.36, 0.40, 0.46);
    private static readonly Vector3D s_groundColor = new(0.20, 0.17, 0.14);

    // Larger is harder: the penumbra's width is the distance to the blocker over this.
    private const double ShadowHardness = 14;
    private const double ShadowStart = 4e-3;
    private const double ShadowReach = 2.4;
    private const double SmallestStep = 4e-3;
    private const int MostShadowSteps = 96;
    private const int OcclusionSamples = 5;
    private const double OcclusionReach = 0.16;
    private const double OcclusionStrength = 2.2;

    /// <summary>The sRGB colour in [0, 1] of a surface point.</summary>
    public static Vector3D Shade(SyntheticScene scene, Vector3D point, Vector3D albedo)
    {
        Vector3D normal = SphereTracer.Normal(scene, point);
        double lamp = Math.Max(0, Vector3D.Dot(normal, s_lamp));
        if (lamp > 0)
            lamp *= Visibility(scene, point, normal);
        double fill = Math.Max(0, Vector3D.Dot(normal, s_fill));
        double up = 0.5 + (0.5 * normal.Y);
        Vector3D ambient = ((s_skyColor * up) + (s_groundColor * (1 - up))) * Openness(scene, point, normal);
        Vector3D light = (s_lampColor * lamp) + (s_fillColor * fill) + ambient;
        return new(Encode(albedo.X * light.X), Encode(albedo.Y * light.Y), Encode(albedo.Z * light.Z));
    }

    /// <summary>Share of the lamp that a point sees, 0 to 1.</summary>
    private static double Visibility(SyntheticScene scene, Vector3D point, Vector3D normal)
    {
        Vector3D start = point + (normal * ShadowStart);
        double visible = 1;
        double t = ShadowStart;
        for (int step = 0; step < MostShadowSteps && t < ShadowReach; step++)
        {
            double distance = scene.Distance(start + (s_lamp * t));
            if (distance < 1e-4)
                return 0;
            visible = Math.Min(visible, ShadowHardness * distance / t);
            t += Math.Max(distance, SmallestStep);
        }

        // Smoothstep: a penumbra without visible edges.
        visible = Math.Min(visible, 1);
        return visible * visible * (3 - (2 * visible));
    }

    /// <summary>Share of the sky that a point sees, 0 to 1: how far the distance along the normal falls behind that of a free point.</summary>
    private static double Openness(SyntheticScene scene, Vector3D point, Vector3D normal)
    {
        double blocked = 0;
        double weight = 1;
        for (int i = 1; i <= OcclusionSamples; i++)
        {
            double away = OcclusionReach * i / OcclusionSamples;
            blocked += weight * Math.Max(0, away - scene.Distance(point + (normal * away)));
            weight *= 0.75;
        }

        return Math.Clamp(1 - (OcclusionStrength * blocked), 0.15, 1);
    }

    /// <summary>Linear light to sRGB (IEC 61966-2-1), clamped; NaN becomes 0.</summary>
    private static double Encode(double linear)
    {
        if (!(linear > 0))
            return 0;
        double value = linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055;
        return Math.Min(value, 1);
    }
}
