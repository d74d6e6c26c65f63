#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global float* p; long n; } view_float;

__kernel void Ops_Scale(
    __global float* input_data, long input_offset, long input_length,
    __global float* output_data, long output_offset, long output_length,
    float factor,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_float input = { input_data + input_offset, input_length };
    view_float output = { output_data + output_offset, output_length };
    output.p[i] = factor * input.p[i];
}
