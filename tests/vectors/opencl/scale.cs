static class Ops
{
    [Kernel]
    public static void Scale(Index1D i, ArrayView<float> input, ArrayView<float> output, float factor) => output[i] = factor * input[i];
}
