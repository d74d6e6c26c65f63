using G3DR.Core.Tensors;
using G3DR.Kernels.Optimizers;

namespace G3DR.Core.Training;

/// <summary>Constants of <see cref="Adam"/>.</summary>
public sealed record AdamOptions
{
    /// <summary>Learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay: more than 0 makes this AdamW.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>
/// Adam, or AdamW with <see cref="AdamOptions.WeightDecay"/>. It follows PyTorch where papers leave room: epsilon stands outside of the root, and the bias correction
/// takes the current <see cref="Beta1"/> to the power of the step, also when a schedule changes it.
/// </summary>
public sealed class Adam : IDisposable
{
    private readonly AdamOptions _options;
    private readonly Slot[] _slots;

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="parameters">Leaves by name; they stay the caller's.</param>
    /// <param name="options">Constants.</param>
    /// <exception cref="ArgumentException">There are no parameters, or a name occurs twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A constant is out of its range.</exception>
    public Adam(IEnumerable<KeyValuePair<string, Tensor>> parameters, AdamOptions? options = null)
    {
        _options = options ?? new();
        RequireRange(_options.Beta2, 0, 1, nameof(AdamOptions.Beta2));
        RequireRange(_options.Epsilon, 0, double.MaxValue, nameof(AdamOptions.Epsilon));
        RequireRange(_options.WeightDecay, 0, double.MaxValue, nameof(AdamOptions.WeightDecay));
        LearningRate = _options.LearningRate;
        Beta1 = _options.Beta1;
        KeyValuePair<string, Tensor>[] all = [.. parameters];
        if (all.Length == 0 || all.DistinctBy(parameter => parameter.Key).Count() != all.Length)
        {
            throw new ArgumentException($"Adam needs parameters with different names, got {all.Length}.", nameof(parameters));
        }

        _slots = [.. all.Select(parameter => new Slot(parameter.Key, parameter.Value))];
    }

    /// <summary>Learning rate of the next step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not a number.</exception>
    public double LearningRate
    {
        get;
        set => field = RequireRange(value, 0, double.MaxValue, nameof(LearningRate));
    }

    /// <summary>Decay of the first moment in the next step, at least 0 and below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside of this range.</exception>
    public double Beta1
    {
        get;
        set => field = RequireRange(value, 0, 1, nameof(Beta1));
    }

    /// <summary>Updates every parameter that has a gradient; parameters without one are left as they are.</summary>
    public void Step()
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Parameter.Grad is not Tensor gradient)
            {
                continue;
            }

            slot.Steps++;
            var step = AdamStep.At(slot.Steps, LearningRate, Beta1, _options.Beta2, _options.Epsilon, _options.WeightDecay);
            Tensor p = slot.Parameter;
            if (p.DType == DType.Float32)
            {
                AdamKernels.Run(p.Accelerator, p.View<float>(), gradient.View<float>(), slot.First.View<float>(), slot.Second.View<float>(), step);
            }
            else
            {
                AdamKernels.Run(p.Accelerator, p.View<double>(), gradient.View<double>(), slot.First.View<double>(), slot.Second.View<double>(), step);
            }

            p.MarkChanged();
        }
    }

    /// <summary>Disposes the gradients of all parameters.</summary>
    public void ClearGradients()
    {
        foreach (Slot slot in _slots)
        {
            slot.Parameter.ClearGrad();
        }
    }

    /// <summary>What a checkpoint has to keep. The tensors are the optimiser's own and change with the next step.</summary>
    public OptimizerState ExportState()
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (Slot slot in _slots)
        {
            tensors.Add(slot.FirstName, slot.First);
            tensors.Add(slot.SecondName, slot.Second);
        }

        return new(_slots.ToDictionary(slot => slot.Name, slot => slot.Steps), tensors);
    }

    /// <summary>Continues from a checkpoint; the values are copied. Nothing is changed if something does not fit.</summary>
    /// <exception cref="ArgumentException">A parameter is missing, or a moment has another shape, type or device; the message names all of them.</exception>
    public void ImportState(OptimizerState state)
    {
        List<string> faults = [];
        foreach (Slot slot in _slots)
        {
            if (!state.Steps.TryGetValue(slot.Name, out long steps) || steps < 0)
            {
                faults.Add($"no step count of {slot.Name}");
            }

            Check(slot.FirstName, slot.First);
            Check(slot.SecondName, slot.Second);
        }

        void Check(string name, Tensor own)
        {
            if (!state.Tensors.TryGetValue(name, out Tensor? tensor))
            {
                faults.Add($"no {name}");
            }
            else if (tensor.Shape != own.Shape || tensor.DType != own.DType)
            {
                faults.Add($"{name} is {tensor.Shape} {tensor.DType}, needs {own.Shape} {own.DType}");
            }
            else if (tensor.Accelerator != own.Accelerator)
            {
                faults.Add($"{name} is on another device ('{tensor.Accelerator.Name}') than its parameter ('{own.Accelerator.Name}'); copy it with Tensor.To(device)");
            }
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"The optimiser's state does not fit: {string.Join("; ", faults)}.", nameof(state));
        }

        foreach (Slot slot in _slots)
        {
            slot.Steps = state.Steps[slot.Name];
            slot.First.CopyFrom(state.Tensors[slot.FirstName]);
            slot.Second.CopyFrom(state.Tensors[slot.SecondName]);
        }
    }

    /// <summary>Disposes the moments.</summary>
    public void Dispose()
    {
        foreach (Slot slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private static double RequireRange(double value, double low, double high, string name) => value >= low && value < high
        ? value
        : throw new ArgumentOutOfRangeException(name, $"{name} needs to be at least {low} and below {high}, got {value}.");

    private sealed class Slot(string name, Tensor parameter)
    {
        public string Name => name;

        public string FirstName => $"{name}.exp_avg";

        public string SecondName => $"{name}.exp_avg_sq";

        public Tensor Parameter => parameter;

        public Tensor First { get; } = Tensor.UnownedZeros(parameter);

        public Tensor Second { get; } = Tensor.UnownedZeros(parameter);

        public long Steps { get; set; }
    }
}
