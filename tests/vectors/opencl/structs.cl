#pragma OPENCL FP_CONTRACT OFF

typedef struct
{
    float X;
    float Y;
    float _bias;
} Vec;

typedef struct { __global Vec* p; long n; } view_Vec;

typedef struct
{
    float First;
    uchar Kind;
} Pair;

Vec Vec_new(float x, float y)
{
    Vec self = (Vec){ 0 };
    self._bias = 1.0f;
    self.X = x;
    self.Y = y;
    return self;
}

float Pair_Twice(Pair self)
{
    return 2.0f * self.First;
}

Vec Vec_Addition(Vec a, Vec b)
{
    return Vec_new(a.X + b.X, a.Y + b.Y);
}

float Vec_Item(Vec self, int k)
{
    return k == 0 ? self.X : self.Y;
}

void Vec_set_Item(Vec* self, int k, float value)
{
    if (k == 0)
        self->X = value;
    else
        self->Y = value;
}

void Vec_Scale_g(__global Vec* self, float s)
{
    self->X *= s + self->_bias;
}

__kernel void Ops_Structs(
    __global Vec* x_data, long x_offset, long x_length,
    Pair pair,
    int ex)
{
    int i = (int)get_global_id(0);
    if (i >= ex)
        return;
    view_Vec x = { x_data + x_offset, x_length };
    Vec t = Vec_new(1.0f, 2.0f);
    t.Y = Pair_Twice(pair);
    Vec a = t;
    a = Vec_Addition(a, x.p[i]);
    float t2 = Vec_Item(a, 1);
    Vec_set_Item(&a, 1, t2 + 1.0f);
    Vec_Scale_g(&x.p[i], Vec_Item(a, 0));
    x.p[i].X = (Pair){ a.Y, !pair.Kind }.First;
}
