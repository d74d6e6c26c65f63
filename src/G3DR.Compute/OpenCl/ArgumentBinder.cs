using System.Runtime.CompilerServices;
using G3DR.Compute.Launching;

namespace G3DR.Compute.OpenCl;

/// <summary>Sets the arguments of a kernel as the generated text declares them; used by one thread at a time.</summary>
internal sealed unsafe class ArgumentBinder(OpenClSession session, OpenClMemory memory) : IArgumentBinder
{
    private BuiltKernel _kernel = null!;
    private uint _index;

    /// <summary>Sets all arguments of a launch.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="arguments">What the caller passed.</param>
    /// <param name="extent">Items along each axis for a plain kernel; none for a group kernel.</param>
    /// <exception cref="ArgumentException">A view lies on another device.</exception>
    public void Bind(BuiltKernel kernel, ReadOnlySpan<KernelArgument> arguments, ReadOnlySpan<int> extent)
    {
        (_kernel, _index) = (kernel, 0);
        foreach (KernelArgument argument in arguments)
        {
            argument.Bind(this);
        }

        foreach (int side in extent)
        {
            Add(side);
        }
    }

    /// <inheritdoc/>
    public void AddView(IDeviceView view)
    {
        if (view.Length == 0)
        {
            // An empty view may come from anywhere, so its address means nothing.
            Set((nuint)sizeof(nint), null);
            Add(0L);
        }
        else
        {
            (nint buffer, long offset) = memory.Resolve(view.Address, view.Length * view.ElementSize);
            if (offset % view.ElementSize != 0)
            {
                throw new ArgumentException(
                    $"A view for '{_kernel.Name}' begins at byte {offset} of its memory, which is no multiple of its elements' {view.ElementSize} bytes.");
            }

            Add(buffer);
            Add(offset / view.ElementSize);
        }

        Add(view.Length);
        foreach (int side in view.Sizes)
        {
            Add(side);
        }
    }

    /// <inheritdoc/>
    public void AddValue<T>(T value)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            throw new ArgumentException($"'{_kernel.Name}' cannot take an argument of type {typeof(T).Name}: only views, numbers, enums and structs of these.");
        }

        Set((nuint)Unsafe.SizeOf<T>(), Unsafe.AsPointer(ref value));
    }

    private void Add<T>(T value)
        where T : unmanaged => Set((nuint)sizeof(T), &value);

    private void Set(nuint size, void* value)
    {
        int code = session.Library.SetKernelArg(_kernel.Handle.Value, _index, size, value);
        session.Check(code, code == OpenClErrorCode.Success ? string.Empty : $"clSetKernelArg (argument {_index} of '{_kernel.Name}')");
        _index++;
    }
}
