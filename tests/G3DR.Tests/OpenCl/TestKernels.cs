using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

/// <summary>A pair of numbers, to be passed by value.</summary>
public readonly record struct Pair(int First, double Second);

/// <summary>Which way a sum goes.</summary>
public enum Direction : byte
{
    Forward,
    Backward,
}

/// <summary>Small kernels with hand-written device text, so that the runtime is tested by itself.</summary>
internal sealed class TestKernels : IKernelModule
{
    private readonly Dictionary<string, KernelProgram> _programs = [];

    public TestKernels()
    {
        Add(Scale, "scale", """
            __kernel void scale(__global float* view, long offset, long length, float factor, int ex)
            {
                int x = get_global_id(0);
                if (x >= ex) return;
                view[offset + x] *= factor;
            }
            """);
        Add(Coordinates2D, "coordinates2", """
            __kernel void coordinates2(__global int* view, long offset, long length, int width, int height, int ex, int ey)
            {
                int x = get_global_id(0), y = get_global_id(1);
                if (x >= ex || y >= ey) return;
                view[offset + y * width + x] += 1000 * y + x + 1;
            }
            """);
        Add(Coordinates3D, "coordinates3", """
            __kernel void coordinates3(__global int* view, long offset, long length, int width, int height, int depth, int ex, int ey, int ez)
            {
                int x = get_global_id(0), y = get_global_id(1), z = get_global_id(2);
                if (x >= ex || y >= ey || z >= ez) return;
                view[offset + (z * height + y) * width + x] += 10000 * z + 100 * y + x + 1;
            }
            """);
        Add(Describe, "describe", """
            #pragma OPENCL EXTENSION cl_khr_fp64 : enable
            typedef struct { int first; double second; } pair;
            __kernel void describe(__global double* result, long ro, long rl, __global float* empty, long eo, long el,
                uchar flag, uchar direction, short small, ulong large, double precise, pair both, int ex)
            {
                if (get_global_id(0) >= ex) return;
                result[ro + 0] = flag;
                result[ro + 1] = direction;
                result[ro + 2] = small;
                result[ro + 3] = large;
                result[ro + 4] = precise;
                result[ro + 5] = both.first;
                result[ro + 6] = both.second;
                result[ro + 7] = empty == 0 ? el : -1;
                result[ro + 8] = rl;
            }
            """, usesDouble: true);
        Add(GroupSums, "group_sums", """
            __kernel __attribute__((reqd_work_group_size(64, 1, 1)))
            void group_sums(__global int* input, long io, long il, __global int* sums, long so, long sl)
            {
                __local int shared[64];
                int i = get_local_id(0), g = get_group_id(0);
                shared[i] = input[io + g * 64 + i];
                barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
                for (int step = 32; step > 0; step /= 2)
                {
                    if (i < step) shared[i] += shared[i + step];
                    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
                }
                if (i == 0) sums[so + g] = shared[0];
            }
            """);
        Add(HugeGroup, "huge_group", "__kernel __attribute__((reqd_work_group_size(65536, 1, 1))) void huge_group(__global int* v, long o, long l) { v[o] = 1; }");
        Add(Broken, "broken", """
            __kernel void broken(__global float* view, long offset, long length, int ex)
            {
                int x = get_global_id(0);
                view[offset + x] = undeclared_name;
            }
            """);
    }

    /// <summary>How often the text of a kernel was asked for.</summary>
    public int Lookups;

    [Kernel]
    public static void Scale(Index1D index, ArrayView<float> view, float factor) => view[index] *= factor;

    [Kernel]
    public static void Coordinates2D(Index2D index, ArrayView2D<int> view) => view[index] += (1000 * index.Y) + index.X + 1;

    [Kernel]
    public static void Coordinates3D(Index3D index, ArrayView3D<int> view) => view[index] += (10000 * index.Z) + (100 * index.Y) + index.X + 1;

    [Kernel]
    public static void Describe(
        Index1D index, ArrayView<double> result, ArrayView<float> empty, bool flag, Direction direction, short small, ulong large, double precise, Pair both)
    {
        result[0] = flag ? 1 : 0;
        result[1] = (int)direction;
        result[2] = small;
        result[3] = large;
        result[4] = precise;
        result[5] = both.First;
        result[6] = both.Second;
        result[7] = empty.Length;
        result[8] = result.Length;
    }

    [GroupKernel(64)]
    public static void GroupSums(ArrayView<int> input, ArrayView<int> sums)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(64);
        int i = Group.IdxX;
        shared[i] = input[(Grid.IdxX * 64) + i];
        Group.Barrier();
        for (int step = 32; step > 0; step /= 2)
        {
            if (i < step)
            {
                shared[i] += shared[i + step];
            }

            Group.Barrier();
        }

        if (i == 0)
        {
            sums[Grid.IdxX] = shared[0];
        }
    }

    [GroupKernel(65536)]
    public static void HugeGroup(ArrayView<int> view) => view[0] = 1;

    [Kernel]
    public static void Broken(Index1D index, ArrayView<float> view) => view[index] = 0;

    [Kernel]
    public static void Generic<T>(Index1D index, ArrayView<T> view)
        where T : unmanaged => view[index] = default;

    public static void Unmarked(Index1D index, ArrayView<float> view) => view[index] = 0;

    public KernelProgram? Find(string key)
    {
        Interlocked.Increment(ref Lookups);
        return _programs.GetValueOrDefault(key);
    }

    private void Add(Delegate kernel, string entryPoint, string text, bool usesDouble = false) =>
        _programs.Add(KernelKey.Of(kernel.Method), new("#pragma OPENCL FP_CONTRACT OFF\n" + text, entryPoint, usesDouble));
}
