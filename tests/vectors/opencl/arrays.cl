#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

typedef struct { float* p; int n; } span_float;

typedef struct { int* p; int n; } span_int;

void Ops_Swap(float* a, float* b)
{
    float t = *a;
    *a = *b;
    *b = t;
}

void Ops_Sort(span_float values)
{
    for (int k = 1; k < values.n; k++)
    {
        for (int j = k; j > 0 && values.p[j] < values.p[(int)((uint)j - 1u)]; j = (int)((uint)j - 1u))
            Ops_Swap(&values.p[j], &values.p[(int)((uint)j - 1u)]);
    }
}

__kernel void Ops_Median(
    __global float* x_data, long x_offset, long x_length,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_float x = { x_data + x_offset, x_length };
    float window_data[3] = { 0 };
    span_float window = { window_data, 3 };
    int taps_data[3] = { -1, 0, 1 };
    span_int taps = { taps_data, 3 };
    for (int k = 0; k < window.n; k++)
        window.p[k] = x.p[(int)((uint)i + (uint)taps.p[k])];
    Ops_Sort(window);
    x.p[i] = window.p[1];
}
