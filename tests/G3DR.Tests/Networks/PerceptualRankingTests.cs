using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>LPIPS with the trained SqueezeNet and the published heads ranks distortions of a photo as a person does; the squared error does not.</summary>
public sealed class PerceptualRankingTests : IDisposable
{
    private const int Size = 160;

    private readonly TestDevice _device = new();
    private readonly TensorScope _scope;
    private readonly Lpips _lpips;
    private readonly float[] _photo;

    public PerceptualRankingTests()
    {
        string photo = TestPhotos.PathOf("chelsea.png");
        _scope = TensorScope.Begin(_device);
        _lpips = Lpips.Load(RealSqueezeNet.Weights, RealSqueezeNet.Heads, _device);
        _photo = RgbdPicture.PrepareColor(Image.Load(photo), Size);
    }

    public void Dispose()
    {
        _lpips.Dispose();
        _scope.Dispose();
        _device.Dispose();
    }

    [SkippableTheory]
    [InlineData("blur", 1, 2, 4)]
    [InlineData("noise", 0.03, 0.06, 0.12)]
    [InlineData("shift", 1, 2, 4)]
    [InlineData("contrast", 0.9, 0.7, 0.4)]
    public void Stronger_distortions_are_farther_away(string kind, double weak, double middle, double strong)
    {
        (double first, double second, double third) = (Distance(Distort(kind, weak)), Distance(Distort(kind, middle)), Distance(Distort(kind, strong)));
        Assert.True(first > 0 && first < second && second < third, $"{first}, {second}, {third}");
    }

    [SkippableFact]
    public void A_shifted_or_paler_photo_is_nearer_than_a_blurred_one_though_its_squared_error_is_larger()
    {
        float[] blurred = Distort("blur", 4);
        foreach ((string kind, double strength) in new[] { ("shift", 2.0), ("contrast", 0.6) })
        {
            float[] mild = Distort(kind, strength);
            Assert.True(Distance(mild) < Distance(blurred), $"{kind}: {Distance(mild)}, blur {Distance(blurred)}");
            Assert.True(SquaredError(mild) > SquaredError(blurred), $"{kind}: {SquaredError(mild)}, blur {SquaredError(blurred)}");
        }
    }

    private double Distance(float[] other)
    {
        using IDisposable constant = ((Accelerator)_device).NoGrad();
        using var scope = TensorScope.Begin(_device);
        Tensor ToTensor(float[] colors) => Tensor.FromArray(_device, colors, [1, Size, Size, 3]).Affine(2, -1);
        return _lpips.Distance(ToTensor(_photo), ToTensor(other)).ToDoubles()[0];
    }

    private double SquaredError(float[] other) => _photo.Zip(other).Average(pair => Math.Pow(pair.First - pair.Second, 2));

    private float[] Distort(string kind, double strength) => kind switch
    {
        "blur" => Blur((int)strength),
        "noise" => [.. _photo.Select((value, i) => (float)Math.Clamp(value + (strength * Philox.Normal(1, 0, (ulong)i)), 0, 1))],
        "shift" => Remap((x, y) => (Math.Max(x - (int)strength, 0), y)),
        _ => [.. _photo.Select(value => (float)(((value - 0.5) * strength) + 0.5))],
    };

    private float[] Remap(Func<int, int, (int X, int Y)> sourceOf)
    {
        float[] result = new float[_photo.Length];
        for (int i = 0; i < result.Length; i++)
        {
            (int x, int y) = sourceOf(i / 3 % Size, i / 3 / Size);
            result[i] = _photo[(3 * ((y * Size) + x)) + (i % 3)];
        }

        return result;
    }

    // The mean of a square around each pixel.
    private float[] Blur(int radius)
    {
        float[] sum = new float[_photo.Length];
        int count = ((2 * radius) + 1) * ((2 * radius) + 1);
        for (int dy = -radius; dy <= radius; dy++)
        {
            for (int dx = -radius; dx <= radius; dx++)
            {
                (int ox, int oy) = (dx, dy);
                float[] moved = Remap((x, y) => (Math.Clamp(x + ox, 0, Size - 1), Math.Clamp(y + oy, 0, Size - 1)));
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += moved[i] / count;
                }
            }
        }

        return sum;
    }
}
