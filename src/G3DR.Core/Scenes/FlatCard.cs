using G3DR.Core.Imaging;
using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>
/// The picture on a card that faces the canonical camera, at the mean depth: what a scene without any geometry would show from other sides. The floor that a
/// fitted scene has to beat.
/// </summary>
public sealed class FlatCard
{
    private readonly RgbdPicture _picture;
    private readonly double _plane;

    /// <summary>Makes the card of a picture.</summary>
    public FlatCard(RgbdPicture picture)
    {
        _picture = picture;

        // The canonical camera looks along +x: the card is the plane where the mean of all surface points lies.
        RayBundle rays = Camera.Canonical.Rays(picture.Size, picture.Size);
        double sum = 0;
        for (int i = 0; i < picture.Depth.Length; i++)
        {
            sum += rays.Origins[3 * i] + ((double)picture.Depth[i] * rays.Directions[3 * i]);
        }

        _plane = sum / picture.Depth.Length;
    }

    /// <summary>The card seen by a camera; black beside it, where the depth is 0.</summary>
    public SceneView Render(Camera camera, int width, int height)
    {
        var view = new SceneView(width, height);
        RayBundle rays = camera.Rays(width, height);
        for (int i = 0; i < width * height; i++)
        {
            var origin = new Vector3D(rays.Origins[3 * i], rays.Origins[(3 * i) + 1], rays.Origins[(3 * i) + 2]);
            var direction = new Vector3D(rays.Directions[3 * i], rays.Directions[(3 * i) + 1], rays.Directions[(3 * i) + 2]);
            double distance = (_plane - origin.X) / direction.X;
            if (!(distance > 0) || Camera.Canonical.Project(origin + (direction * distance), _picture.Size, _picture.Size) is not { } pixel
                || !Sample(pixel.Column, pixel.Row, view.Color.AsSpan(3 * i, 3)))
            {
                continue;
            }

            view.Depth[i] = (float)distance;
            view.Hit[i] = true;
        }

        return view;
    }

    private bool Sample(double column, double row, Span<float> color)
    {
        int size = _picture.Size, x = (int)Math.Floor(column), y = (int)Math.Floor(row);
        if (!(column >= 0 && row >= 0 && column <= size - 1 && row <= size - 1))
        {
            return false;
        }

        int right = Math.Min(x + 1, size - 1), below = Math.Min(y + 1, size - 1);
        double u = column - x, v = row - y;
        for (int c = 0; c < 3; c++)
        {
            float At(int px, int py) => _picture.Color[(((py * size) + px) * 3) + c];
            color[c] = (float)(((1 - v) * (((1 - u) * At(x, y)) + (u * At(right, y)))) + (v * (((1 - u) * At(x, below)) + (u * At(right, below)))));
        }

        return true;
    }
}
