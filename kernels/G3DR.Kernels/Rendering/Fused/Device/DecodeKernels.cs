using G3DR.Compute;
using G3DR.Kernels.Elementwise;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>From points to the decoder's outputs: sampling of the hidden planes, activation and second layer in one kernel.</summary>
internal static class DecodeKernels
{
    /// <summary>Items of a group: hidden units that are sampled at a time.</summary>
    public const int Lanes = 64;

    /// <summary>Points that a group decodes at a time: a lane for each of their four outputs.</summary>
    public const int Tile = Lanes / 4;

    // Texel addresses that shared memory holds at a time: all maps of three levels of the official axes twice over, or four levels of three planes.
    private const int MapsPerRound = 12;

    // One column more than lanes: lanes that read down a column then meet different memory banks.
    private const int Row = Lanes + 1;

    /// <summary>
    /// Decodes points, <see cref="Tile"/> at a time. A lane first finds the texels of one point on some maps; then lanes are hidden units, so that every texel is read by
    /// neighbouring lanes from neighbouring addresses; then a lane is one output of one point and sums over the activations in shared memory.
    /// </summary>
    /// <param name="planes">Hidden planes.</param>
    /// <param name="maps">Table of maps.</param>
    /// <param name="decoder">Packed decoder.</param>
    /// <param name="origins">Ray origins of the call.</param>
    /// <param name="directions">Ray directions of the call.</param>
    /// <param name="samples">Scratch of the chunk: distances are read, raw outputs written.</param>
    /// <param name="hidden">Receives the hidden units before the activation [point][unit], if not empty.</param>
    /// <param name="points">The points.</param>
    /// <param name="layout">Layout of the decoder.</param>
    /// <param name="shape">Sizes.</param>
    [GroupKernel(Lanes)]
    public static void Decode(
        ArrayView<float> planes,
        ArrayView<int> maps,
        ArrayView<float> decoder,
        ArrayView<float> origins,
        ArrayView<float> directions,
        ArrayView<float> samples,
        ArrayView<float> hidden,
        PointShape points,
        PackedDecoder layout,
        DecodeShape shape)
    {
        ArrayView<int> address = SharedMemory.Allocate<int>(2 * MapsPerRound * Tile);
        ArrayView<float> weight = SharedMemory.Allocate<float>(4 * MapsPerRound * Tile);
        ArrayView<float> activation = SharedMemory.Allocate<float>(Tile * Row);
        ArrayView<float> second = SharedMemory.Allocate<float>(4 * Lanes);
        int lane = Group.IdxX, own = lane % Tile, quarter = lane / Tile;
        int tiles = (points.Points + Tile - 1) / Tile;
        for (int tile = Grid.IdxX; tile < tiles; tile += Grid.DimX)
        {
            // Lanes of points behind the last one repeat it and store nothing.
            int point = XMath.Min((tile * Tile) + own, points.Points - 1);
            float distance = samples[points.FirstDistance + point];
            float output = 0f;
            for (int block = 0; block < layout.Units; block += Lanes)
            {
                int unit = block + lane;
                for (int o = 0; o < 4; o++)
                {
                    second[(o * Lanes) + lane] = decoder[layout.Second + ((long)o * layout.Units) + unit];
                }

                for (int firstMap = 0; firstMap < shape.Maps; firstMap += MapsPerRound)
                {
                    int count = XMath.Min(MapsPerRound, shape.Maps - firstMap);
                    for (int m = quarter; m < count; m += 4)
                    {
                        TexelCell cell = MapTable.Cell(maps, firstMap + m, origins, directions, distance, points.Ray(point), points);
                        long row = (long)(firstMap + m) * MapTable.Columns;
                        StoreTexels(address, weight, (m * Tile) + own, cell, maps[row + MapTable.FirstTexel], maps[row + MapTable.Width] + 2);
                    }

                    Group.Barrier();
                    bool last = firstMap + count == shape.Maps;
                    for (int q = 0; q < Tile; q++)
                    {
                        long place = (q * Row) + lane;
                        int sampled = XMath.Min((tile * Tile) + q, points.Points - 1);
                        float sum = firstMap == 0 ? Bias(decoder, layout, directions, points.Ray(sampled), unit, shape.UsesDirections) : activation[place];
                        sum += Gather(planes, address, weight, q, count, layout.Units, unit);
                        if (last && hidden.Length > 0)
                        {
                            hidden[((long)sampled * layout.Units) + unit] = sum;
                        }

                        activation[place] = last ? Softplus.Forward(sum) : sum;
                    }

                    Group.Barrier();
                }

                for (int j = 0; j < Lanes; j++)
                {
                    output = XMath.FusedMultiplyAdd(activation[(own * Row) + j], second[(quarter * Lanes) + j], output);
                }

                // The next round writes what slower lanes may still read.
                Group.Barrier();
            }

            if ((tile * Tile) + own < points.Points)
            {
                samples[shape.RawStart + ((long)quarter * shape.RawRow) + point] = output + decoder[layout.SecondBias + quarter];
            }
        }
    }

    private static void StoreTexels(ArrayView<int> address, ArrayView<float> weight, int place, TexelCell cell, int firstTexel, int rowTexels)
    {
        float left = 1f - cell.X, top = 1f - cell.Y;
        address[2 * place] = firstTexel + cell.Number;
        address[(2 * place) + 1] = rowTexels;
        weight[4 * place] = left * top;
        weight[(4 * place) + 1] = cell.X * top;
        weight[(4 * place) + 2] = left * cell.Y;
        weight[(4 * place) + 3] = cell.X * cell.Y;
    }

    /// <summary>Weighted sum of the texels of some maps, for one hidden unit of one point of the tile.</summary>
    private static float Gather(ArrayView<float> planes, ArrayView<int> address, ArrayView<float> weight, int own, int maps, int units, int unit)
    {
        // Two chains of additions, for the upper and the lower row of texels, hide each other's latency.
        float upper = 0f, lower = 0f;
        for (int m = 0; m < maps; m++)
        {
            int place = (m * Tile) + own;
            long top = ((long)address[2 * place] * units) + unit;
            long bottom = top + ((long)address[(2 * place) + 1] * units);
            upper = XMath.FusedMultiplyAdd(weight[4 * place], planes[top], upper);
            lower = XMath.FusedMultiplyAdd(weight[(4 * place) + 2], planes[bottom], lower);
            upper = XMath.FusedMultiplyAdd(weight[(4 * place) + 1], planes[top + units], upper);
            lower = XMath.FusedMultiplyAdd(weight[(4 * place) + 3], planes[bottom + units], lower);
        }

        return upper + lower;
    }

    /// <summary>First bias of a unit, the direction's part included.</summary>
    private static float Bias(ArrayView<float> decoder, PackedDecoder layout, ArrayView<float> directions, long ray, int unit, bool usesDirections)
    {
        float bias = decoder[layout.FirstBias + unit];
        if (usesDirections)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                float weight = decoder[layout.FirstDirection + ((long)axis * layout.Units) + unit];
                bias = XMath.FusedMultiplyAdd(directions[(3 * ray) + axis], weight, bias);
            }
        }

        return bias;
    }
}

/// <summary>Sizes of <see cref="DecodeKernels.Decode"/>.</summary>
/// <param name="RawStart">Where the first point's raw density goes.</param>
/// <param name="RawRow">Numbers between one raw output and the next.</param>
/// <param name="Maps">Number of maps.</param>
/// <param name="UsesDirections">Whether the decoder reads the ray direction.</param>
internal readonly record struct DecodeShape(long RawStart, int RawRow, int Maps, bool UsesDirections);
