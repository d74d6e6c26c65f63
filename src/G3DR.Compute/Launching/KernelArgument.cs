namespace G3DR.Compute.Launching;

/// <summary>One argument of a launch, for devices that pass arguments themselves.</summary>
internal abstract class KernelArgument
{
    /// <summary>Hands the argument with its type to a device.</summary>
    public abstract void Bind(IArgumentBinder binder);
}

/// <summary>An argument of a known type.</summary>
internal sealed class KernelArgument<T>(T value) : KernelArgument
{
    /// <inheritdoc/>
    public override void Bind(IArgumentBinder binder)
    {
        if (value is IDeviceView view)
        {
            binder.AddView(view);
        }
        else
        {
            binder.AddValue(value);
        }
    }
}

/// <summary>What a device does with the arguments of a launch, called once for each in order.</summary>
internal interface IArgumentBinder
{
    /// <summary>A view.</summary>
    void AddView(IDeviceView view);

    /// <summary>A number, an enum or a struct.</summary>
    void AddValue<T>(T value);
}

/// <summary>What a device must know of a view, whatever its element type.</summary>
internal interface IDeviceView
{
    /// <summary>First element: a host pointer or a <see cref="Memory.DeviceAddress"/>.</summary>
    nint Address { get; }

    /// <summary>Bytes of an element.</summary>
    int ElementSize { get; }

    /// <summary>Number of elements.</summary>
    long Length { get; }

    /// <summary>Sizes along the axes of a view with two or three of them; empty for a flat view.</summary>
    IReadOnlyList<int> Sizes { get; }
}
