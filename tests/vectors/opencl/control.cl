#pragma OPENCL FP_CONTRACT OFF
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

typedef struct { __global double* p; long n; int width; int height; } view2d_double;

typedef struct
{
    int X;
    int Y;
} Index2D;

__kernel void Ops_Control(
    __global double* x_data, long x_offset, long x_length, int x_width, int x_height,
    uchar mode,
    uchar flag_value,
    int n,
    int ex, int ey)
{
    Index2D at = { (int)get_global_id(0), (int)get_global_id(1) };
    if (at.X >= ex || at.Y >= ey)
        return;
    view2d_double x = { x_data + x_offset, x_length, x_width, x_height };
    bool flag = flag_value != 0;
    if ((flag && n > 2) || at.X == 3)
        return;
    double sum = 0.0;
    for (int k = (int)((uint)n - 1u), step_ = 2; k >= 0; k = (int)((uint)k - (uint)step_))
    {
        if (k == 5)
            break;
        else if (k == 7)
            continue;
        sum += fmod(x.p[(long)at.Y * x.width + at.X] * (double)k, 3.0);
    }
    do
        n = (int)((uint)n + 1u);
    while (n < 10);
    switch (mode)
    {
        case 1:
        case 3:
        {
            sum = -sum;
            break;
        }
        default:
        {
            return;
        }
    }
    int t = n;
    x.p[(long)at.Y * x.width + at.X] = (t == 0 ? 1.0 : t == 1 && flag ? (double)NAN : sum) + (double)(n == 4 ? 1 : 0);
}
