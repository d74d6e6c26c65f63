using System.Text.Json;
using G3DR.Core.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/camera: matrices and rays of cameras, and the path of the released code's videos.</summary>
internal sealed class CameraVerifier() : HostVerifier("camera")
{
    public override bool KnowsConfig(JsonElement config) => config.HasAll("cams", "frames", "res_traj");

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        int index = 0;
        foreach (JsonElement config in vectors.Config.Items("cams"))
        {
            string prefix = $"c{index++}.";
            Camera[] cameras = Cameras(vectors, prefix);
            RayBundle rays = Rays(vectors, config, "res", cameras, prefix + "rays_o");
            yield return Row(vectors.Compare(prefix + "c2w", cameras.SelectMany(c => c.CameraToWorld).ToArray()));
            yield return Row(vectors.Compare(prefix + "rays_o", rays.Origins));
            yield return Row(vectors.Compare(prefix + "rays_d", rays.Directions));
        }

        int frames = vectors.Config.Integer("frames");
        RequireSize(vectors, "traj.angles", 3L * frames);
        IReadOnlyList<Camera> path = VideoPath.Official(frames);
        yield return Row(vectors.Compare("traj.angles", path.SelectMany(c => new[] { c.Yaw, c.Pitch, 0 }).ToArray()));
        yield return Row(vectors.Compare("traj.c2w", path.SelectMany(c => c.CameraToWorld).ToArray()));
        yield return Row(vectors.Compare("traj.rays_d", Rays(vectors, vectors.Config, "res_traj", path, "traj.rays_d").Directions));
    }

    private static Camera[] Cameras(ReferenceVectors vectors, string prefix)
    {
        double[] angles = vectors.Doubles(prefix + "angles"), target = vectors.Doubles(prefix + "look_at");
        double[] radius = vectors.Doubles(prefix + "radius"), fov = vectors.Doubles(prefix + "fov");
        if (angles.Length != 3 * radius.Length || target.Length != angles.Length || fov.Length != radius.Length)
        {
            throw new FormatException($"{radius.Length} cameras need as many '{prefix}angles', '{prefix}look_at' and '{prefix}fov'.");
        }

        // The third angle is a roll, which the released code ignores.
        return [.. radius.Select((r, i) => Camera.FromAngles(
            angles[3 * i], angles[(3 * i) + 1], r, fov[i], new(target[3 * i], target[(3 * i) + 1], target[(3 * i) + 2])))];
    }

    private static RayBundle Rays(ReferenceVectors vectors, JsonElement config, string size, IReadOnlyList<Camera> cameras, string expected)
    {
        JsonElement[] sides = config.Items(size);
        if (sides.Length != 2 || !sides[0].TryGetInt32(out int width) || !sides[1].TryGetInt32(out int height) || width < 1 || height < 1)
        {
            throw new FormatException($"'{size}' must be width and height.");
        }

        RequireSize(vectors, expected, 3L * cameras.Count * width * height);
        return RayBundle.FromCameras(cameras, width, height);
    }
}
