namespace G3DR.Tests.Generator;

/// <summary>The shape of the kernel runtime, as far as the analyzer looks at it.</summary>
internal static class RuntimeStubs
{
    internal const string Source = """
        using System;
        namespace G3DR.Compute
        {
            public sealed class KernelAttribute : Attribute { }
            public sealed class DeviceFunctionAttribute : Attribute { }
            public interface IIndex<TSelf> where TSelf : struct, IIndex<TSelf> { static abstract TSelf FromLinear(long linear, TSelf extent); }
            public readonly record struct Index1D(int X) : IIndex<Index1D>
            {
                public static Index1D FromLinear(long linear, Index1D extent) => new((int)linear);
                public static implicit operator int(Index1D index) => index.X;
                public static implicit operator Index1D(int x) => new(x);
            }
            public readonly record struct Index2D(int X, int Y) { public static readonly Index2D Zero; }
            public readonly record struct Index3D(int X, int Y, int Z) { }
            public readonly unsafe struct ArrayView<T> where T : unmanaged
            {
                public long Length => 0;
                public T* Pointer => null;
                public ref T this[long index] => throw null!;
                public ArrayView<T> SubView(long start, long length) => this;
                public Span<T> AsSpan() => default;
                public T[] ToArray() => throw null!;
            }
            public readonly struct ArrayView2D<T> where T : unmanaged
            {
                public int Width => 0;
                public int Height => 0;
                public ref T this[int x, int y] => throw null!;
                public ref T this[Index2D index] => throw null!;
            }
            public readonly struct ArrayView3D<T> where T : unmanaged
            {
                public int Depth => 0;
                public ref T this[int x, int y, int z] => throw null!;
            }
            public static class XMath
            {
                public const float PI = 3.14159265f;
                public static float Exp(float x) => x;
                public static double Exp(double x) => x;
                public static float Sqrt(float x) => x;
                public static float Max(float x, float y) => x;
                public static int Min(int x, int y) => x;
            }
            public static class Group { public static int IdxX => 0; public static int DimX => 0; public static void Barrier() { } }
            public static class Grid { public static int IdxX => 0; public static int GlobalLinearIndex => 0; }
            public static class Warp { public static int LaneIdx => 0; public static float ShuffleDown(float value, int delta) => value; }
            public static class Atomic { public static float Add(ref float target, float value) => value; }
            public static class SharedMemory
            {
                public static ArrayView<T> Allocate<T>(int length) where T : unmanaged => default;
                public static ArrayView2D<T> Allocate2D<T>(Index2D extent) where T : unmanaged => default;
            }
            public static class LocalMemory { public static ArrayView<T> Allocate<T>(int length) where T : unmanaged => default; }
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
