#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

float max_float(float a, float b)
{
    return a > b || isnan(a) || (a == b && !signbit(a)) ? a : b;
}

int float_to_int(float x)
{
    return x >= 2147483648.0f ? 2147483647 : x > -2147483648.0f ? (int)x : x <= -2147483648.0f ? -2147483647 - 1 : 0;
}

__kernel void Ops_Weights_float(
    __global float* x_data, long x_offset, long x_length,
    int n,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_float x = { x_data + x_offset, x_length };
    float offset = 1e-10f;
    float sum = 0.0f;
    for (int k = 0; k < n; k++)
        sum += max_float(x.p[k], offset) * (float)k;
    x.p[i] = isnan(sum) ? 1.0f : exp(-sum) / sqrt(sum);
    x.p[float_to_int(sum)] = INFINITY;
}
