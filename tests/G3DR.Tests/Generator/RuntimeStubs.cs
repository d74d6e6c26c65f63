namespace G3DR.Tests.Generator;

/// <summary>The shape of the kernel runtime, as far as the analyzer and the generator look at it.</summary>
internal static class RuntimeStubs
{
    internal const string Source = """
        using System;
        namespace G3DR.Compute
        {
            public sealed class KernelAttribute : Attribute { }
            public sealed class GroupKernelAttribute(int x, int y = 1, int z = 1) : Attribute { public int X => x; public int Y => y; public int Z => z; }
            public sealed class DeviceFunctionAttribute : Attribute { }
            public interface IIndex<TSelf> where TSelf : struct, IIndex<TSelf> { static abstract TSelf FromLinear(long linear, TSelf extent); }
            public readonly record struct Index1D(int X) : IIndex<Index1D>
            {
                public static Index1D FromLinear(long linear, Index1D extent) => new((int)linear);
                public static implicit operator int(Index1D index) => index.X;
                public static implicit operator Index1D(int x) => new(x);
            }
            public readonly record struct Index2D(int X, int Y) { public static readonly Index2D Zero; public long Size => 0; }
            public readonly record struct Index3D(int X, int Y, int Z) { public long Size => 0; }
            public readonly unsafe struct ArrayView<T> where T : unmanaged
            {
                private readonly T* _data;
                public ArrayView(T* data, long length) { _data = data; Length = length; }
                public long Length { get; }
                public T* Pointer => null;
                public ref T this[long index] => throw null!;
                public ArrayView<T> SubView(long start, long length) => this;
                public ArrayView2D<T> As2D(int width, int height) => default;
                public ArrayView3D<T> As3D(int width, int height, int depth) => default;
                public Span<T> AsSpan() => default;
                public T[] ToArray() => throw null!;
            }
            public readonly struct ArrayView2D<T> where T : unmanaged
            {
                public ArrayView2D(ArrayView<T> view, int width, int height) { }
                public ArrayView<T> BaseView => default;
                public int Width => 0;
                public int Height => 0;
                public ref T this[int x, int y] => throw null!;
                public ref T this[Index2D index] => throw null!;
            }
            public readonly struct ArrayView3D<T> where T : unmanaged
            {
                public ArrayView<T> BaseView => default;
                public int Width => 0;
                public int Height => 0;
                public int Depth => 0;
                public ref T this[int x, int y, int z] => throw null!;
                public ref T this[Index3D index] => throw null!;
            }
            public static class XMath
            {
                public const float PI = 3.14159265f;
                public static float Exp(float x) => x;
                public static double Exp(double x) => x;
                public static float Tanh(float x) => x;
                public static float Sqrt(float x) => x;
                public static float Rsqrt(float x) => x;
                public static float Max(float x, float y) => x;
                public static float Min(float x, float y) => x;
                public static float Clamp(float x, float low, float high) => x;
                public static float FusedMultiplyAdd(float x, float y, float z) => x;
                public static bool IsNaN(float x) => false;
                public static int Min(int x, int y) => x;
                public static int Max(int x, int y) => x;
                public static long Abs(long x) => x;
            }
            [DeviceFunction] public static class DeviceMath { public static float Tanh(float x) => x / (1f + x * x); }
            public static class Group { public static int IdxX => 0; public static int DimX => 0; public static int IdxY => 0; public static void Barrier() { } }
            public static class Grid { public static int IdxX => 0; public static int DimZ => 0; public static int Unknown => 0; }
            public static class Atomic
            {
                public static int Add(ref int target, int value) => value;
                public static uint Add(ref uint target, uint value) => value;
                public static float Add(ref float target, float value) => value;
            }
            public static class SharedMemory { public static ArrayView<T> Allocate<T>(int length) where T : unmanaged => default; }
            public sealed class Accelerator
            {
                public static int Count() => 0;
                public static Accelerator Create() => new();
                public void Synchronize() { }
            }
        }
        namespace G3DR.Compute.Simd
        {
            public struct V256 { public System.Runtime.Intrinsics.Vector256<float> Value; public static float Sum(float x) => x; }
        }
        """;
}
