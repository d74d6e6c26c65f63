using System.Numerics;
using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Inputs of an operation of which some may be missing: the tape knows only those that are there.</summary>
internal sealed class OptionalInputs
{
    private readonly int[] _places;

    /// <summary>Takes all inputs in their order.</summary>
    public OptionalInputs(params ReadOnlySpan<Tensor?> inputs)
    {
        _places = new int[inputs.Length];
        var present = new List<Tensor>();
        for (int i = 0; i < inputs.Length; i++)
        {
            _places[i] = inputs[i] is null ? -1 : present.Count;
            if (inputs[i] is { } input)
            {
                present.Add(input);
            }
        }

        Present = [.. present];
    }

    /// <summary>The inputs that are there.</summary>
    public Tensor[] Present { get; }

    /// <summary>Whether an input is there.</summary>
    /// <param name="input">Number of the input among all.</param>
    public bool Has(int input) => _places[input] >= 0;

    /// <summary>An input, or <see langword="null"/> if it is missing.</summary>
    /// <param name="present">The inputs that are there.</param>
    /// <param name="input">Number of the input among all.</param>
    public Tensor? Get(IReadOnlyList<Tensor> present, int input) => _places[input] < 0 ? null : present[_places[input]];

    /// <summary>An input as views of kernels know it: empty if it is missing.</summary>
    /// <param name="present">The inputs that are there.</param>
    /// <param name="input">Number of the input among all.</param>
    public ArrayView<T> View<T>(IReadOnlyList<Tensor> present, int input)
        where T : unmanaged, INumber<T> => _places[input] < 0 ? default : present[_places[input]].View<T>();

    /// <summary>A tensor for the gradient of an input, or <see langword="null"/> where none is wanted.</summary>
    /// <param name="context">Context of the backward pass.</param>
    /// <param name="like">A tensor of the device and type.</param>
    /// <param name="input">Number of the input among all.</param>
    /// <param name="name">Name of the tensor.</param>
    public Tensor? Gradient(OpContext context, Tensor like, int input, string name) =>
        Has(input) && context.NeedsGradient(_places[input]) ? like.Like(context.InputShapes[_places[input]], name) : null;

    /// <summary>The gradient of an input that was repeated to the shape of <paramref name="g"/> and added, or <see langword="null"/> where none is wanted.</summary>
    /// <param name="context">Context of the backward pass.</param>
    /// <param name="g">Gradient of the sum.</param>
    /// <param name="input">Number of the input among all.</param>
    public Tensor? SumGradient(OpContext context, Tensor g, int input) =>
        Has(input) && context.NeedsGradient(_places[input]) ? Reducing.SumTo(g, context.InputShapes[_places[input]]) : null;

    /// <summary>Those of all gradients whose input is there.</summary>
    /// <param name="all">A gradient, or <see langword="null"/>, for each input.</param>
    public Tensor?[] OfPresent(params ReadOnlySpan<Tensor?> all)
    {
        var gradients = new Tensor?[_places.Count(place => place >= 0)];
        for (int i = 0; i < all.Length; i++)
        {
            if (_places[i] >= 0)
            {
                gradients[_places[i]] = all[i];
            }
        }

        return gradients;
    }
}

/// <summary>Views of gradients that may not be wanted.</summary>
internal static class OptionalViews
{
    /// <summary>The elements of a tensor, or an empty view where there is none.</summary>
    public static ArrayView<T> OptionalView<T>(this Tensor? tensor)
        where T : unmanaged, INumber<T> => tensor is null ? default : tensor.View<T>();
}
