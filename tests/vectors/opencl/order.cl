#pragma OPENCL FP_CONTRACT OFF

typedef struct { __global int* p; long n; } view_int;

int Ops_Next(int* v)
{
    *v = (int)((uint)*v + 10u);
    return *v;
}

bool Ops_Half(int v, int* half_)
{
    *half_ = v / 2;
    return v > 4;
}

__kernel void Ops_Order(
    __global int* x_data, long x_offset, long x_length,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_int x = { x_data + x_offset, x_length };
    int n = 0;
    int v = x.p[i];
    int t = n;
    n = (int)((uint)t + 1u);
    uint t2 = (uint)v;
    x.p[t] = (int)(t2 + (uint)Ops_Next(&v));
    int t3 = n;
    x.p[t3] = (int)((uint)Ops_Next(&v) + 1u);
    int a;
    int b;
    int t4 = v;
    b = t4;
    a = t4;
    int h;
    if (Ops_Half(a, &h) && h > b)
        x.p[n] = h;
    for (;;)
    {
        bool t6 = Ops_Half(v, &h);
        if (!t6)
        {
            int t5 = v;
            v = (int)((uint)t5 + 1u);
            t6 = t5 < 3;
        }
        if (!t6)
            break;
        if (h == 2)
            continue;
        v = (int)((uint)v - (uint)h);
    }
}
