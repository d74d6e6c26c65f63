using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Catalogue;

/// <summary>Inputs and outputs of one run, on a device. Dispose it to free them.</summary>
public class KernelCase : IDisposable
{
    private readonly MemoryBuffer<float>[] _inputs;
    private readonly MemoryBuffer<float>[] _outputs;

    /// <summary>Copies inputs to a device and makes room for outputs.</summary>
    /// <param name="device">Device.</param>
    /// <param name="size">Size of the case.</param>
    /// <param name="inputs">Values of the inputs.</param>
    /// <param name="outputLengths">Elements of the outputs.</param>
    public KernelCase(Accelerator device, WorkloadSize size, IReadOnlyList<float[]> inputs, params ReadOnlySpan<long> outputLengths)
    {
        (Device, Size, Inputs) = (device, size, inputs);
        _inputs = new MemoryBuffer<float>[inputs.Count];
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = device.Allocate<float>(inputs[i].Length);
            _inputs[i].CopyFrom(inputs[i]);
        }

        _outputs = new MemoryBuffer<float>[outputLengths.Length];
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = device.Allocate<float>(outputLengths[i]);
            // An element that no variant writes then shows up as wrong.
            float[] unwritten = new float[outputLengths[i]];
            Array.Fill(unwritten, float.NaN);
            _outputs[i].CopyFrom(unwritten);
        }
    }

    /// <summary>Device.</summary>
    public Accelerator Device { get; }

    /// <summary>Size of the case.</summary>
    public WorkloadSize Size { get; }

    /// <summary>Values of the inputs on the host.</summary>
    public IReadOnlyList<float[]> Inputs { get; }

    /// <summary>Number of outputs.</summary>
    public virtual int OutputCount => _outputs.Length;

    /// <summary>An input on the device.</summary>
    public ArrayView<float> Input(int i) => _inputs[i].View;

    /// <summary>An output on the device.</summary>
    public ArrayView<float> Output(int i) => _outputs[i].View;

    /// <summary>A copy of an output.</summary>
    public virtual float[] ReadOutput(int i)
    {
        float[] values = new float[_outputs[i].Length];
        _outputs[i].CopyTo(values);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the device memory.</summary>
    /// <param name="disposing">Always true: the class has no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (MemoryBuffer<float> buffer in _inputs.Concat(_outputs))
        {
            buffer.Dispose();
        }
    }

    /// <summary>Uniform random numbers of a range, the same for the same seed and stream.</summary>
    public static float[] Draw(long count, (double Low, double High) range, ulong seed, uint stream)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(range.Low + ((range.High - range.Low) * Philox.Uniform(seed, stream, (ulong)i)));
        }

        return values;
    }
}
