#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global int* p; long n; } view_int;

typedef struct { __global uchar* p; long n; } view_uchar;

int min_int(int a, int b)
{
    return a < b ? a : b;
}

__kernel void Ops_Wrap(
    __global int* x_data, long x_offset, long x_length,
    __global uchar* y_data, long y_offset, long y_length,
    long step_,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_int x = { x_data + x_offset, x_length };
    view_uchar y = { y_data + y_offset, y_length };
    int a = x.p[i];
    int b = x.p[(int)((uint)i + 1u)];
    x.p[i] = (int)((uint)a * (uint)b - (0u - (uint)a) + ((uint)b << 3) - (uint)((a >> (b & 31)) % 7));
    uint bits = (uint)a >> (b & 31);
    bits *= 5u;
    y.p[i] = (uchar)(int)((uint)y.p[i] + 1u);
    y.p[(long)((ulong)step_ * (ulong)i + 2UL)] = (uchar)(bits ^ 255u);
    x.p[min_int(a, b)] &= -16;
}
