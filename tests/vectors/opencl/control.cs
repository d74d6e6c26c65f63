enum Mode : byte { Slow = 1, Fast = 3 }

static class Ops
{
    [Kernel]
    public static void Control(Index2D at, ArrayView2D<double> x, Mode mode, bool flag, int n)
    {
        if (flag && n > 2 || at.X == 3)
            return;
        double sum = 0;
        for (int k = n - 1, step = 2; k >= 0; k -= step)
        {
            if (k == 5)
                break;
            else if (k == 7)
                continue;
            sum += x[at] * k % 3;
        }

        do
        {
            n++;
        }
        while (n < 10);
        switch (mode)
        {
            case Mode.Slow:
            case Mode.Fast:
                sum = -sum;
                break;
            default:
                return;
        }

        x[at.X, at.Y] = n switch { 0 => 1, 1 when flag => double.NaN, _ => sum } + (n is 4 ? 1 : 0);
    }
}
