#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

float DeviceMath_Tanh(float x)
{
    return x / (1.0f + x * x);
}

float max_float(float a, float b)
{
    return a > b || isnan(a) || (a == b && !signbit(a)) ? a : b;
}

float Softplus_Forward(float x)
{
    return x > 20.0f ? x : DeviceMath_Tanh(x) + max_float(x, 0.0f) / (1.0f / sqrt(x));
}

__kernel void Ops_Softplus_Map(
    __global float* x_data, long x_offset, long x_length,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_float x = { x_data + x_offset, x_length };
    x.p[i] = Softplus_Forward(x.p[i]);
}
