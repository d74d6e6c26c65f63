#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

typedef struct { __local float* p; long n; } local_view_float;

void Ops_Add_ll(__local float* target, local_view_float values, int at)
{
    *target += values.p[at];
}

float atomic_add_float_global(__global float* target, float value)
{
    volatile __global uint* bits = (volatile __global uint*)target;
    uint seen = *bits;
    for (;;)
    {
        uint before = seen;
        seen = atomic_cmpxchg(bits, before, as_uint(as_float(before) + value));
        if (seen == before)
            return as_float(before);
    }
}

__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void Ops_Sum(
    __global float* x_data, long x_offset, long x_length,
    __global float* total_data, long total_offset, long total_length,
    int n)
{
    __local float tile_data[64];
    view_float x = { x_data + x_offset, x_length };
    view_float total = { total_data + total_offset, total_length };
    local_view_float tile = { tile_data, 64 };
    int item = (int)((uint)(int)get_group_id(0) * (uint)(int)get_local_size(0) + (uint)(int)get_local_id(0));
    tile.p[(int)get_local_id(0)] = item < n ? x.p[item] : 0.0f;
    barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    for (int half_ = 32; half_ > 0; half_ /= 2)
    {
        if ((int)get_local_id(0) < half_)
            Ops_Add_ll(&tile.p[(int)get_local_id(0)], tile, (int)((uint)(int)get_local_id(0) + (uint)half_));
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    }
    if ((int)get_local_id(0) == 0)
        atomic_add_float_global(&total.p[0], tile.p[0]);
}
