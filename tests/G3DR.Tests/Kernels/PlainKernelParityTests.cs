using System.Numerics;
using G3DR.Compute;
using G3DR.Kernels.Creation;
using G3DR.Kernels.Layout;
using G3DR.Kernels.Reductions;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Resampling;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>
/// Kernels that are no workload of the catalogue: an OpenCL device gives the bits that the same method gives as C# on the processor,
/// in both precisions. All of them use only correctly rounded operations.
/// </summary>
public class PlainKernelParityTests
{
    private const int Samples = 7, Channels = 3;

    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string kernel in Kernels<float>.All.Keys)
            {
                foreach (int items in (int[])[1, 17, 1025, 8197])
                {
                    data.Add(kernel, items);
                }
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Devices_give_the_processors_bits(string kernel, int items)
    {
        using TestDevice device = TestDevice.CreateOpenCl();
        Skip.IfNot(device.RoundsCorrectly, $"{device.Accelerator.Name} does not round division correctly.");
        Compare<float>(device, kernel, items);
        if (device.HasFloat64)
        {
            Compare<double>(device, kernel, items);
        }
    }

    private static void Compare<T>(TestDevice device, string kernel, int items)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var processor = new TestDevice();
        using var expected = new PlainLaunches<T>(processor);
        using var actual = new PlainLaunches<T>(device);
        Kernels<T>.All[kernel](expected, items);
        Kernels<T>.All[kernel](actual, items);
        Assert.NotEmpty(expected.Read());
        Assert.Equal(expected.Read(), actual.Read());
    }

    /// <summary>A launch of each kernel for a number of items, which are rays where a kernel walks along rays.</summary>
    private static class Kernels<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static IReadOnlyDictionary<string, Action<PlainLaunches<T>, int>> All { get; } = new Dictionary<string, Action<PlainLaunches<T>, int>>
        {
            ["fill constant"] = (l, n) => l.Device.Launch(CreationKernels.FillConstant<T>, new Index1D(n), l.Result(n), Number(0.3)),
            ["fill uniform"] = (l, n) => l.Device.Launch(CreationKernels.FillUniform<T>, new Index1D(n), l.Result(n), 7ul, 2u),
            ["copy two axes"] = (l, n) => l.Device.Launch(
                StridedCopy.Plain<T>, new Index1D(n * Samples), l.Draw(n * Samples, -1, 1), l.Result(n * Samples), Transposed(n)),
            ["gather rows"] = (l, n) => l.Device.Launch(
                GatherKernels.GatherPlain<T>, new Index2D(n, 6), l.Draw(2 * 4 * n, -1, 1), l.Result(6 * n), l.Upload([3, 0, 3]), 4, n),
            ["scatter rows"] = (l, n) => l.Device.Launch(
                GatherKernels.ScatterAddPlain<T>,
                new Index2D(n, 4),
                l.Draw(6 * n, -1, 1),
                l.Result(2 * 4 * n),
                l.Upload([0, 3]),
                l.Upload([0, 1, 3]),
                l.Upload([1, 0, 2]),
                4,
                n),
            ["running sum"] = (l, n) => l.Device.Launch(
                CumulativeSum.Plain<T>, new Index2D(n, 2), l.Draw(2 * Samples * n, -1, 1), l.Result(2 * Samples * n), Samples, n, true),
            ["axis filter"] = (l, n) => l.Device.Launch(
                AxisFilterKernel.Apply<T>,
                new Index1D(2 * n),
                l.Draw(3 * n, -1, 1),
                l.Result(2 * n),
                l.Upload([0, 2, 3]),
                l.Upload([0, 2, 1]),
                l.Draw(3, 0, 1),
                new AxisFilterShape(3, 2, n)),
            ["scale gradients"] = (l, n) => l.Device.Launch(
                DepthKernelValues.Scale<T>, new Index1D(n * Channels), l.Draw(n * Channels, -1, 1), l.Draw(n, 0, 1), l.Result(n * Channels), Channels),
            ["rank by depth"] = (l, n) => l.Device.Launch(
                DepthOrder.Rank<T>, new Index1D(n * Samples), l.Draw(n * Samples, 4, 6), l.Result<int>(n * Samples), Samples),
            ["take in order"] = (l, n) => l.Device.Launch(
                DepthOrder.Gather<T>, new Index1D(n * Samples), l.Draw(n * Samples * Channels, -1, 1), l.Upload(Reversed(n)), l.Result(n * Samples * Channels), Samples, Channels),
            ["put back in order"] = (l, n) => l.Device.Launch(
                DepthOrder.Scatter<T>, new Index1D(n * Samples), l.Draw(n * Samples * Channels, -1, 1), l.Upload(Reversed(n)), l.Result(n * Samples * Channels), Samples, Channels),
            ["smooth weights"] = (l, n) => l.Device.Launch(
                ImportanceDistances.Smooth<T>, new Index1D(n * Samples), l.Draw(n * Samples, 0, 1), l.Result(n * Samples), Samples),
            ["draw from weights"] = (l, n) => l.Device.Launch(
                ImportanceDistances.Draw<T>,
                new Index1D(n),
                l.Draw(n * (Samples + 1), 4, 6),
                l.Draw(n * Samples, 0, 1),
                l.Draw(n * 5, 0, 1),
                l.Result(n * (Samples + 1)),
                l.Result(n * 5),
                new DistributionShape(Samples, 5, Samples + 1, Samples, 0)),
            ["limits of the box"] = (l, n) => l.Device.Launch(
                RayDistances.Limits<T>, new Index1D(n), l.Draw(3 * n, -2, 2), l.Draw(3 * n, -1, 1), l.Result(n), l.Result(n), Number(0.5)),
            ["nearest of hits"] = (l, n) => l.Device.Launch(
                RayDistances.NearOfHits<T>, new Index1D(n), l.Draw(n, 0, 1), l.Draw(n, 0, 1), l.Result(n), l.Result(n)),
            ["repair misses"] = (l, n) =>
            {
                ArrayView<T> near = l.Draw(n, 0, 1), far = l.Draw(n, 0, 1);
                l.Compare(near);
                l.Compare(far);
                l.Device.Launch(RayDistances.RepairMisses<T>, new Index1D(n), near, far, l.Upload([Number(0.2)]), l.Upload([Number(0.9)]));
            },
            ["spread along rays"] = (l, n) => l.Device.Launch(
                RayDistances.Spread<T>, new Index1D(n * Samples), l.Draw(n, 4, 5), l.Draw(n, 5, 6), l.Draw(n * Samples, 0, 1), l.Result(n * Samples), Samples, Samples - 1),
            ["spread in disparity"] = (l, n) => l.Device.Launch(
                RayDistances.SpreadDisparity<T>, new Index1D(n * Samples), l.Draw(n, 4, 5), l.Draw(n, 5, 6), l.Draw(n * Samples, 0, 1), l.Result(n * Samples), Samples),
            ["around the surface"] = (l, n) => l.Device.Launch(
                RayDistances.AroundSurface<T>, new Index1D(n * Samples), l.Draw(n, 4, 6), l.Result(n * Samples), Samples, Number(0.05)),
            ["points on rays"] = (l, n) => l.Device.Launch(
                RayDistances.Points<T>, new Index1D(n * Samples), l.Draw(3 * n, -1, 1), l.Draw(3 * n, -1, 1), l.Draw(n * Samples, 4, 6), l.Result(3 * n * Samples), Samples),
            ["sample numbers"] = (l, n) => l.Device.Launch(RayDistances.Uniform<T>, new Index1D(n), l.Result(n), 11ul, 1u, 1ul << 33),
        };

        private static T Number(double value) => PlainLaunches<T>.Number(value);

        private static CopyPattern Transposed(int rows)
        {
            CopyAxis none = CopyAxis.None;
            return new(new(rows, Samples, 1), new(Samples, 1, rows), none, none, none, none, none, none);
        }

        private static int[] Reversed(int rays) => [.. Enumerable.Range(0, rays * Samples).Select(i => Samples - 1 - (i % Samples))];
    }
}
