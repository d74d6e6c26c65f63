namespace G3DR.Kernels.Pooling;

/// <summary>The windows that pooling slides along one axis.</summary>
/// <param name="Inputs">Length that is read.</param>
/// <param name="Outputs">Length that is written.</param>
/// <param name="Kernel">Elements of a window; 0 for windows that follow from the lengths (adaptive pooling).</param>
/// <param name="Stride">Elements from one window to the next.</param>
/// <param name="Padding">Elements before the axis at which the first window begins.</param>
/// <param name="Dilation">Elements from one element of a window to the next.</param>
public readonly record struct PoolingAxis(int Inputs, int Outputs, int Kernel, int Stride, int Padding, int Dilation)
{
    /// <summary>Windows of any number of outputs: window i reaches from floor(i inputs / outputs) to ceil((i + 1) inputs / outputs), as in PyTorch.</summary>
    public static PoolingAxis Adaptive(int inputs, int outputs) => new(inputs, outputs, 0, 1, 0, 1);

    /// <summary>Number of windows that fit, as in PyTorch.</summary>
    /// <param name="inputs">Length that is read.</param>
    /// <param name="kernel">Elements of a window.</param>
    /// <param name="stride">Elements from one window to the next.</param>
    /// <param name="padding">Elements added on both sides.</param>
    /// <param name="dilation">Elements from one element of a window to the next.</param>
    /// <param name="ceiling">Whether a last window may reach beyond the padding, if it begins before its right part.</param>
    /// <returns>The number, below 1 if there is none.</returns>
    public static int CountWindows(int inputs, int kernel, int stride, int padding, int dilation, bool ceiling)
    {
        int room = inputs + (2 * padding) - (dilation * (kernel - 1)) - 1;
        if (room < 0)
        {
            return 0;
        }

        int count = (ceiling ? (room + stride - 1) / stride : room / stride) + 1;
        return ceiling && (count - 1) * stride >= inputs + padding ? count - 1 : count;
    }

    /// <summary>Position of the first element of a window, which may lie before the axis.</summary>
    public int Start(int output) => Kernel == 0 ? (int)((long)output * Inputs / Outputs) : (output * Stride) - Padding;

    /// <summary>Number of elements of a window, those outside the axis included.</summary>
    public int Count(int output) => Kernel == 0 ? (int)((((output + 1L) * Inputs) + Outputs - 1) / Outputs) - Start(output) : Kernel;

    /// <summary>Number of the first element of a window that lies on the axis.</summary>
    public int FirstInside(int output)
    {
        int start = Start(output);
        return start >= 0 ? 0 : (Dilation - 1 - start) / Dilation;
    }

    /// <summary>Number behind the last element of a window that lies on the axis.</summary>
    public int EndInside(int output)
    {
        int room = Inputs - Start(output), most = room <= 0 ? 0 : (room + Dilation - 1) / Dilation;
        int count = Count(output);
        return most < count ? most : count;
    }

    /// <summary>First window that may hold an input.</summary>
    public int FirstWindow(int input)
    {
        if (Kernel == 0)
        {
            return (int)((long)input * Outputs / Inputs);
        }

        int room = input + Padding - (Dilation * (Kernel - 1));
        return room <= 0 ? 0 : (room + Stride - 1) / Stride;
    }

    /// <summary>Number behind the last window that may hold an input.</summary>
    public int EndWindow(int input)
    {
        int end = Kernel == 0 ? (int)((((input + 1L) * Outputs) + Inputs - 1) / Inputs) : ((input + Padding) / Stride) + 1;
        return end < Outputs ? end : Outputs;
    }

    /// <summary>Number of an input in a window, or -1 if the window steps over it.</summary>
    public int PlaceInWindow(int input, int output)
    {
        int distance = input - Start(output);
        int place = distance / Dilation;
        return distance >= 0 && distance % Dilation == 0 && place < Count(output) ? place : -1;
    }
}
