using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/ilgpu.md that are for this library.</summary>
public class IlgpuExamples
{
    public static TheoryData<string> Devices => ExampleDevices.Names;

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void The_ported_kernels_give_the_sums_of_groups(string name)
    {
        ExampleDevices.Require(name);
        int[] data = [.. Enumerable.Range(1, 200)];
        using var device = Accelerator.Create(name);
        int[] sums = Run(device, data);
        int first = Enumerable.Range(1, 128).Sum(), second = Enumerable.Range(129, 72).Sum();
        Assert.Equal(data.Select((_, i) => i < 128 ? 2 * first : 2 * second), sums);
    }

    private static int[] Run(Accelerator device, int[] data)
    {
        using MemoryBuffer<int> source = device.Allocate<int>(data.Length), target = device.Allocate<int>(data.Length);
        source.CopyFrom(data);
        device.LaunchGroups(PortedKernels.SumOfGroup, new Index3D((data.Length + 127) / 128, 1, 1), source.View, target.View);
        device.Launch(PortedKernels.Multiply, new Index1D(data.Length), target.View, 2);
        int[] result = new int[data.Length];
        target.CopyTo(result);
        return result;
    }
}

public static class PortedKernels
{
    [Kernel]
    public static void Multiply(Index1D index, ArrayView<int> data, int factor) => data[index] *= factor;

    [GroupKernel(128)]
    public static void SumOfGroup(ArrayView<int> data, ArrayView<int> output)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(128);
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        shared[Group.IdxX] = index < data.Length ? data[index] : 0;
        Group.Barrier();
        int sum = 0;
        for (int i = 0; i < Group.DimX; i++)
        {
            sum += shared[i];
        }

        if (index < output.Length)
        {
            output[index] = sum;
        }
    }
}
