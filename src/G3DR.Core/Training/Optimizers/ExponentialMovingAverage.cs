using G3DR.Core.Tensors;

namespace G3DR.Core.Training;

/// <summary>Averages of parameters over training steps, e = decay e + (1 - decay) p, starting at the parameters themselves.</summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly Dictionary<string, Tensor> _parameters;
    private readonly Dictionary<string, Tensor> _averages;

    /// <summary>Starts with a copy of the parameters.</summary>
    /// <param name="parameters">Leaves by name; they stay the caller's.</param>
    /// <param name="decay">At least 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public ExponentialMovingAverage(IEnumerable<KeyValuePair<string, Tensor>> parameters, double decay)
    {
        if (!(decay >= 0 && decay < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), $"The decay needs to be at least 0 and below 1, got {decay}.");
        }

        Decay = decay;
        _parameters = new(parameters);
        _averages = _parameters.ToDictionary(parameter => parameter.Key, parameter => Tensor.UnownedZeros(parameter.Value));
        Reset();
    }

    /// <summary>Part of the average that stays in each step.</summary>
    public double Decay { get; }

    /// <summary>The averages by parameter name, for evaluation and checkpoints. They belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages => _averages;

    /// <summary>Takes in the present values of the parameters.</summary>
    public void Update()
    {
        foreach ((string name, Tensor parameter) in _parameters)
        {
            Tensor average = _averages[name];
            average.ScaleInPlace(Decay);
            average.AddScaledInPlace(parameter, 1 - Decay);
        }
    }

    /// <summary>Sets the averages to the present values of the parameters.</summary>
    public void Reset()
    {
        foreach ((string name, Tensor parameter) in _parameters)
        {
            _averages[name].CopyFrom(parameter);
        }
    }

    /// <summary>Copies the averages into the parameters.</summary>
    public void CopyToParameters()
    {
        foreach ((string name, Tensor parameter) in _parameters)
        {
            parameter.CopyFrom(_averages[name]);
        }
    }

    /// <summary>Disposes the averages.</summary>
    public void Dispose()
    {
        foreach (Tensor average in _averages.Values)
        {
            average.Dispose();
        }
    }
}
