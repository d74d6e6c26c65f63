static class Ops
{
    [GroupKernel(64)]
    public static void Sum(ArrayView<float> x, ArrayView<float> total, int n)
    {
        var tile = SharedMemory.Allocate<float>(64);
        int item = Grid.IdxX * Group.DimX + Group.IdxX;
        tile[Group.IdxX] = item < n ? x[item] : 0f;
        Group.Barrier();
        for (int half = 32; half > 0; half /= 2)
        {
            if (Group.IdxX < half)
                Add(ref tile[Group.IdxX], tile, Group.IdxX + half);
            Group.Barrier();
        }

        if (Group.IdxX == 0)
            Atomic.Add(ref total[0], tile[0]);
    }

    static void Add(ref float target, ArrayView<float> values, int at) => target += values[at];
}
