using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Pooling;

/// <content>Vector loops over channels.</content>
public static partial class MaxPoolingKernels
{
    /// <summary>The vector variant of the forward pass.</summary>
    internal static unsafe void ForwardVectors(
        Accelerator device, PoolingAxis rows, PoolingAxis columns, int channels, ArrayView<float> x, ArrayView<float> y, ArrayView<float> places)
    {
        long lines = y.Length / ((long)columns.Outputs * channels);
        int perShard = LinesPerShard(columns.Outputs, channels);
        Shards.RequireCpu(device).Launch(
            new ForwardLoop(rows, columns, channels, x.Pointer, y.Pointer, places.Length > 0 ? places.Pointer : null, lines, perShard), Shards.Count(lines, perShard));
    }

    /// <summary>The vector variant of the backward pass.</summary>
    internal static unsafe void BackwardVectors(
        Accelerator device, PoolingAxis rows, PoolingAxis columns, int channels, ArrayView<float> places, ArrayView<float> g, ArrayView<float> dx)
    {
        long lines = dx.Length / ((long)columns.Inputs * channels);
        int perShard = LinesPerShard(columns.Inputs, channels);
        Shards.RequireCpu(device).Launch(
            new BackwardLoop(rows, columns, channels, places.Pointer, g.Pointer, dx.Pointer, lines, perShard), Shards.Count(lines, perShard));
    }

    private static int LinesPerShard(int columns, int channels) => (int)Math.Max(1, Shards.Elements / ((long)columns * channels));

    private readonly unsafe struct ForwardLoop(
        PoolingAxis rows, PoolingAxis columns, int channels, float* x, float* y, float* places, long lines, int perShard) : IVectorKernel
    {
        private readonly float* _x = x, _y = y, _places = places;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            float* rest = stackalloc float[V.Count];
            V.Zero.Store(rest);
            long end = Math.Min(lines, (shard + 1L) * perShard);
            for (long line = (long)shard * perShard; line < end; line++)
            {
                int row = (int)(line % rows.Outputs);
                float* picture = _x + (line / rows.Outputs * rows.Inputs * columns.Inputs * channels);
                for (int column = 0; column < columns.Outputs; column++)
                {
                    RunPixel<V>(picture, row, column, ((line * columns.Outputs) + column) * channels, rest);
                }
            }
        }

        private void RunPixel<V>(float* picture, int row, int column, long output, float* rest)
            where V : struct, ISimd<V>
        {
            // The last vector lies over the one before where there is one.
            for (int c = 0; c < channels; c += V.Count)
            {
                int from = Math.Max(0, Math.Min(c, channels - V.Count)), count = Math.Min(V.Count, channels);
                Largest<V>(picture + from, row, column, count, rest, out V largest, out V place);
                Store(largest, _y + output + from, count, rest);
                if (_places is not null)
                {
                    Store(place, _places + output + from, count, rest);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Largest<V>(float* picture, int row, int column, int count, float* rest, out V largest, out V place)
            where V : struct, ISimd<V>
        {
            largest = V.Create(float.NegativeInfinity);
            place = V.Create(-1f);
            int width = columns.Count(column), startRow = rows.Start(row), startColumn = columns.Start(column);
            int endRow = rows.EndInside(row), firstColumn = columns.FirstInside(column), endColumn = columns.EndInside(column);
            bool begun = false;
            for (int r = rows.FirstInside(row); r < endRow; r++)
            {
                float* line = picture + ((startRow + ((long)r * rows.Dilation)) * columns.Inputs * channels);
                for (int c = firstColumn; c < endColumn; c++)
                {
                    V value = Load<V>(line + ((startColumn + ((long)c * columns.Dilation)) * channels), count, rest), at = V.Create((r * width) + c);
                    if (!begun)
                    {
                        (largest, place, begun) = (value, at, true);
                        continue;
                    }

                    // Kept are NaN and what is not smaller: everything but that is replaced, by NaN as well.
                    V isNumber = V.GreaterOrEqual(largest, largest), isAtLeast = V.GreaterOrEqual(largest, value);
                    largest = V.Select(isNumber, V.Select(isAtLeast, largest, value), largest);
                    place = V.Select(isNumber, V.Select(isAtLeast, place, at), place);
                }
            }
        }
    }

    private readonly unsafe struct BackwardLoop(
        PoolingAxis rows, PoolingAxis columns, int channels, float* places, float* g, float* dx, long lines, int perShard) : IVectorKernel
    {
        private readonly float* _places = places, _g = g, _dx = dx;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            float* rest = stackalloc float[V.Count];
            V.Zero.Store(rest);
            long end = Math.Min(lines, (shard + 1L) * perShard);
            for (long line = (long)shard * perShard; line < end; line++)
            {
                int row = (int)(line % rows.Inputs);
                long first = line / rows.Inputs * rows.Outputs * columns.Outputs * channels;
                for (int column = 0; column < columns.Inputs; column++)
                {
                    float* to = _dx + (((line * columns.Inputs) + column) * channels);
                    for (int c = 0; c < channels; c += V.Count)
                    {
                        int from = Math.Max(0, Math.Min(c, channels - V.Count)), count = Math.Min(V.Count, channels);
                        Store(Sum<V>(first + from, row, column, count, rest), to + from, count, rest);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private V Sum<V>(long first, int row, int column, int count, float* rest)
            where V : struct, ISimd<V>
        {
            V sum = V.Zero;
            int endRow = rows.EndWindow(row), firstColumn = columns.FirstWindow(column), endColumn = columns.EndWindow(column);
            for (int r = rows.FirstWindow(row); r < endRow; r++)
            {
                int down = rows.PlaceInWindow(row, r);
                for (int c = firstColumn; down >= 0 && c < endColumn; c++)
                {
                    int along = columns.PlaceInWindow(column, c);
                    if (along >= 0)
                    {
                        long output = first + ((((long)r * columns.Outputs) + c) * channels);
                        V place = Load<V>(_places + output, count, rest), here = V.Create((down * columns.Count(c)) + along);
                        V isHere = V.GreaterOrEqual(place, here) & V.GreaterOrEqual(here, place);
                        sum += Load<V>(_g + output, count, rest) & isHere;
                    }
                }
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe V Load<V>(float* source, int count, float* rest)
        where V : struct, ISimd<V>
    {
        if (count == V.Count)
        {
            return V.Load(source);
        }

        VectorTail.Load(source, rest, count);
        return V.Load(rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<V>(V value, float* destination, int count, float* rest)
        where V : struct, ISimd<V>
    {
        if (count == V.Count)
        {
            value.Store(destination);
            return;
        }

        value.Store(rest);
        VectorTail.Store(rest, destination, count);
    }
}
