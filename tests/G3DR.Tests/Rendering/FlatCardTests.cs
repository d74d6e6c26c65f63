using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Tests.Rendering;

public class FlatCardTests
{
    [Fact]
    public void The_canonical_view_of_a_card_is_the_picture()
    {
        const int size = 16;
        SceneView scene = SyntheticScene.ByName("toys").Render(Camera.Canonical, size, size);
        SceneView card = new FlatCard(new RgbdPicture(size, scene.Color, scene.Depth)).Render(Camera.Canonical, size, size);
        for (int y = 1; y < size - 1; y++)
        {
            for (int x = 1; x < size - 1; x++)
            {
                int i = (y * size) + x;
                Assert.True(card.Hit[i]);
                Assert.Equal(scene.Color[3 * i], card.Color[3 * i], 1e-4f);
            }
        }
    }

    [Fact]
    public void A_card_at_distance_five_is_five_away_on_the_axis_and_further_beside_it()
    {
        const int size = 17;
        RayBundle rays = Camera.Canonical.Rays(size, size);

        // Depths of the plane x = 0, at distance 5 from the canonical camera: 5 / cos of the ray's angle.
        float[] depth = [.. Enumerable.Range(0, size * size).Select(i => 5 / rays.Directions[3 * i])];
        SceneView view = new FlatCard(new RgbdPicture(size, new float[size * size * 3], depth)).Render(Camera.Canonical, size, size);
        Assert.Equal(5f, view.Depth[(8 * size) + 8], 1e-5f);
        Assert.True(view.Depth[(8 * size) + 1] > 5.02f);
    }

    [Fact]
    public void True_views_of_the_truth_have_no_error_and_those_of_a_card_have()
    {
        SyntheticScene truth = SyntheticScene.ByName("toys");
        const int size = 24;
        TrueViewEvaluation same = TrueViewEvaluation.Of(truth, camera => Take(truth.Render(camera, size, size, supersampling: 2)), size);
        Assert.True(same.NovelPsnr > 100);
        Assert.Equal(0, same.NovelDepthError, 1e-9);
        SceneView canonical = truth.Render(Camera.Canonical, size, size, supersampling: 2);
        var card = new FlatCard(new RgbdPicture(size, canonical.Color, canonical.Depth));
        TrueViewEvaluation flat = TrueViewEvaluation.Of(truth, camera => Take(card.Render(camera, size, size)), size);
        Assert.InRange(flat.NovelPsnr, 5, 25);
        Assert.True(flat.NovelDepthError > 0.1);
    }

    private static (float[] Color, float[] Depth) Take(SceneView view) => (view.Color, view.Depth);
}
