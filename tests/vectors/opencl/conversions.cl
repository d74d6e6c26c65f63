#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

typedef struct { __global short* p; long n; } view_short;

typedef struct { __global ulong* p; long n; int width; int height; int depth; } view3d_ulong;

int float_to_int(float x)
{
    return x >= 2147483648.0f ? 2147483647 : x > -2147483648.0f ? (int)x : x <= -2147483648.0f ? -2147483647 - 1 : 0;
}

ulong float_to_ulong(float x)
{
    return x >= 1.8446744e19f ? 18446744073709551615UL : x > 0.0f ? (ulong)x : x <= 0.0f ? 0UL : 0;
}

__kernel void Ops_Convert(
    __global float* x_data, long x_offset, long x_length,
    __global short* y_data, long y_offset, long y_length,
    __global ulong* z_data, long z_offset, long z_length, int z_width, int z_height, int z_depth,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_float x = { x_data + x_offset, x_length };
    view_short y = { y_data + y_offset, y_length };
    view3d_ulong z = { z_data + z_offset, z_length, z_width, z_height, z_depth };
    int whole = float_to_int(x.p[i]);
    y.p[i] = (short)float_to_int(x.p[(int)((uint)i + (uint)whole)]);
    z.p[((long)1 * z.height + whole) * z.width + 0] = (ulong)y.p[i] + (ulong)whole + float_to_ulong(x.p[i]) + (ulong)z.depth;
    x.p[i] = as_float(as_int(x.p[i]) & 2147483647) + 4294967296.0f + 1.4013e-45f;
}
