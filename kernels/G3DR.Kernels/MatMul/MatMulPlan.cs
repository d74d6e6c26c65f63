using System.Numerics;

namespace G3DR.Kernels.MatMul;

/// <summary>Ways to compute products on devices that are not the processor.</summary>
internal enum MatMulMethod
{
    /// <summary>One item per element of C.</summary>
    Plain,

    /// <summary>Items share a dot product.</summary>
    Dot,

    /// <summary>A group computes a tile of C from slices in shared memory.</summary>
    Tiled,
}

/// <summary>How a batch of products is cut into groups, by its sizes alone. Long sums may be cut too: their parts are added in order afterwards.</summary>
/// <param name="Method">Way to compute it.</param>
/// <param name="Groups">Groups for one part of one product.</param>
/// <param name="Columns">Tiles next to each other, or lanes of a dot product.</param>
/// <param name="Parts">Parts of the sums.</param>
/// <param name="Depth">Terms of a part.</param>
internal readonly record struct MatMulPlan(MatMulMethod Method, int Groups, int Columns, int Parts, int Depth)
{
    // A slice along K is 16 deep: shorter sums would waste most of a tile's work.
    private const int ShortSum = 8;

    // Matrices this small, and sums this short, do not repay a tile.
    private const int SmallMatrix = 16, SmallSum = 64;

    // A tile is 64 wide: vectors and the like would leave most of it empty.
    private const int Narrow = 4;

    // Groups that keep a large device busy, and the shortest part of a sum that repays adding it afterwards.
    private const int EnoughGroups = 512, ShortestTiledPart = 256, ShortestDotPart = 4096, LanesElements = 8;

    /// <summary>The plan for products of this shape.</summary>
    public static MatMulPlan For(MatMulShape shape, int products)
    {
        bool small = shape.M <= SmallMatrix && shape.N <= SmallMatrix && shape.K <= SmallSum;
        if (shape.K <= ShortSum || small)
        {
            return new(MatMulMethod.Plain, 0, 0, 1, shape.K);
        }

        // The larger operand should be read along its rows of K; the smaller one stays in caches.
        bool dot = (shape.N <= Narrow && shape.ColumnStepA == 1) || (shape.M <= Narrow && shape.RowStepB == 1);
        return dot ? ForDots(shape, products) : ForTiles(shape, products);
    }

    /// <summary>The plan with tiles.</summary>
    public static MatMulPlan ForTiles(MatMulShape shape, int products)
    {
        int columns = Shards.Count(shape.N, MatMulTiles.Tile);
        int groups = checked(columns * Shards.Count(shape.M, MatMulTiles.Tile));
        (int parts, int depth) = Cut(shape.K, (long)groups * products, ShortestTiledPart);
        return new(MatMulMethod.Tiled, groups, columns, parts, depth);
    }

    /// <summary>The plan with dot products.</summary>
    public static MatMulPlan ForDots(MatMulShape shape, int products)
    {
        int lanes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(shape.K / LanesElements, 1, MatMulDots.Items));
        int groups = Shards.Count(shape.LengthC, MatMulDots.Items / lanes);
        (int parts, int depth) = Cut(shape.K, (long)groups * products, ShortestDotPart);
        return new(MatMulMethod.Dot, groups, lanes, parts, depth);
    }

    // Parts of equal depth, whole slices except the last.
    private static (int Parts, int Depth) Cut(int k, long groups, int shortest)
    {
        int wanted = (int)Math.Clamp(EnoughGroups / Math.Max(1, groups), 1, Math.Max(1, k / shortest));
        int depth = Shards.Count(Shards.Count(k, wanted), MatMulTiles.Slice) * MatMulTiles.Slice;
        return wanted == 1 ? (1, k) : (Shards.Count(k, depth), depth);
    }
}
