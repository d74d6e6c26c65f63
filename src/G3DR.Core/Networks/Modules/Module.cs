using System.IO.Enumeration;
using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// A part of a network: parameters and buffers under the names of the published checkpoint, and parts inside it. Derived classes register both in their
/// constructors; a part's names follow its own with a dot, so that <c>downs.0.1.block1.proj.weight</c> is found as it stands in the file.
/// The tensors belong to the module and to no <see cref="TensorScope"/>.
/// </summary>
public abstract partial class Module : IDisposable
{
    private readonly List<Slot> _slots = [];
    private readonly List<KeyValuePair<string, Module>> _children = [];

    /// <summary>Trained tensors by name: the module's own, then those of its parts, in the order of registration.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => Collect(slot => !slot.IsBuffer);

    /// <summary>Tensors that are stored but not trained, such as running means.</summary>
    public IReadOnlyDictionary<string, Tensor> Buffers => Collect(slot => slot.IsBuffer);

    /// <summary>Parameters and buffers: what a checkpoint holds.</summary>
    public IReadOnlyDictionary<string, Tensor> State => Collect(_ => true);

    /// <summary>The parts with their names in this module. A part without parameters may have an empty name.</summary>
    public IReadOnlyList<KeyValuePair<string, Module>> Children => _children;

    /// <summary>Elements of all parameters.</summary>
    public long ParameterCount => Parameters.Values.Sum(parameter => parameter.Length);

    /// <summary>Whether layers that act differently in training, such as <see cref="BatchNorm2d"/>, do so. True at first.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Device of the tensors, or <see langword="null"/> in a module without any.</summary>
    public Accelerator? Accelerator => _slots.Count > 0 ? _slots[0].Tensor.Accelerator : _children.Select(child => child.Value.Accelerator).FirstOrDefault(device => device is not null);

    /// <summary>Switches this module and its parts to training or to inference.</summary>
    /// <param name="training">Whether to train.</param>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach ((_, Module child) in _children)
        {
            child.Train(training);
        }
    }

    /// <summary>Switches this module and its parts to inference.</summary>
    public void Eval() => Train(training: false);

    /// <summary>Stops the gradients of parameters.</summary>
    /// <param name="pattern">Which names: <c>*</c> stands for any text and <c>?</c> for one character.</param>
    /// <returns>Number of parameters that fit the pattern.</returns>
    public int Freeze(string pattern = "*") => SetRequiresGrad(pattern, value: false);

    /// <summary>Lets gradients flow to parameters again.</summary>
    /// <inheritdoc cref="Freeze"/>
    public int Unfreeze(string pattern = "*") => SetRequiresGrad(pattern, value: true);

    /// <summary>Disposes the gradients of all parameters.</summary>
    public void ClearGradients()
    {
        foreach (Tensor parameter in Parameters.Values)
        {
            parameter.ClearGrad();
        }
    }

    /// <summary>
    /// Moves all tensors to another device; nothing happens where they are there already. Gradients are dropped, and an optimiser made before still holds the old
    /// tensors: move first.
    /// </summary>
    /// <param name="device">Device that gets the tensors.</param>
    /// <exception cref="Compute.Memory.OutOfDeviceMemoryException">They do not fit; the module is then unchanged.</exception>
    public void To(Accelerator device)
    {
        Slot[] moving = [.. AllSlots().Select(entry => entry.Slot).Where(slot => slot.Tensor.Accelerator != device)];
        var moved = new List<Tensor>(moving.Length);
        try
        {
            foreach (Slot slot in moving)
            {
                Tensor copy = Unowned(slot.Tensor.To(device));
                moved.Add(copy);
                copy.RequiresGrad = slot.Tensor.RequiresGrad;
            }
        }
        catch
        {
            moved.ForEach(tensor => tensor.Dispose());
            throw;
        }

        for (int i = 0; i < moving.Length; i++)
        {
            moving[i].Tensor.Dispose();
            moving[i].Tensor = moved[i];
        }
    }

    /// <summary>Disposes all tensors of the module and its parts.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes all tensors of the module and its parts.</summary>
    /// <param name="disposing">Whether managed objects may be touched; always so here.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (Slot slot in _slots)
        {
            slot.Tensor.Dispose();
        }

        foreach ((_, Module child) in _children)
        {
            child.Dispose();
        }
    }

    /// <summary>Registers a parameter.</summary>
    /// <param name="name">Its name in this module.</param>
    /// <param name="tensor">Its values; they belong to the module from now on.</param>
    /// <returns>Where the tensor is found, also after <see cref="To"/>.</returns>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    protected Slot AddParameter(string name, Tensor tensor) => Add(new(name, tensor, isBuffer: false));

    /// <summary>Registers a tensor that is stored but not trained.</summary>
    /// <inheritdoc cref="AddParameter"/>
    protected Slot AddBuffer(string name, Tensor tensor) => Add(new(name, tensor, isBuffer: true));

    /// <summary>Registers a part.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="name">Its name in this module, dots allowed; empty if its own names stand without a prefix.</param>
    /// <param name="child">The part; it belongs to this module from now on.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentException">A name of the part is taken.</exception>
    protected T AddChild<T>(string name, T child)
        where T : Module
    {
        HashSet<string> taken = [.. AllSlots().Select(entry => entry.Name)];
        if (child.AllSlots().Select(entry => Join(name, entry.Name)).FirstOrDefault(taken.Contains) is { } twice)
        {
            throw new ArgumentException($"{GetType().Name} has a tensor '{twice}' already.", nameof(name));
        }

        _children.Add(new(name, child));
        return child;
    }

    /// <summary>The same tensor, taken out of every scope: it belongs to the caller alone.</summary>
    internal static Tensor Unowned(Tensor tensor)
    {
        TensorScope.Hand(tensor, scope: null);
        return tensor;
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private Slot Add(Slot slot)
    {
        if (slot.Name.Length == 0 || AllSlots().Any(other => other.Name == slot.Name))
        {
            throw new ArgumentException($"{GetType().Name} needs tensors with names that differ; '{slot.Name}' is empty or taken.");
        }

        _slots.Add(slot);
        return slot;
    }

    private IEnumerable<(string Name, Slot Slot)> AllSlots() =>
        _slots.Select(slot => (slot.Name, slot)).Concat(_children.SelectMany(child => child.Value.AllSlots().Select(entry => (Join(child.Key, entry.Name), entry.Slot))));

    private OrderedDictionary<string, Tensor> Collect(Func<Slot, bool> wanted)
    {
        var found = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Slot slot) in AllSlots())
        {
            if (wanted(slot))
            {
                found.Add(name, slot.Tensor);
            }
        }

        return found;
    }

    private int SetRequiresGrad(string pattern, bool value)
    {
        int count = 0;
        foreach ((string name, Tensor parameter) in Parameters)
        {
            if (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            {
                parameter.RequiresGrad = value;
                count++;
            }
        }

        return count;
    }

    /// <summary>Holds a tensor of a module, which another takes the place of when the module moves to another device.</summary>
    protected sealed class Slot
    {
        internal Slot(string name, Tensor tensor, bool isBuffer) => (Name, Tensor, IsBuffer) = (name, tensor, isBuffer);

        /// <summary>The tensor as it is now.</summary>
        public Tensor Tensor { get; internal set; }

        internal string Name { get; }

        internal bool IsBuffer { get; }
    }
}
