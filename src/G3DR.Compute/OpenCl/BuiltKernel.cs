using System.Reflection;
using System.Text;

namespace G3DR.Compute.OpenCl;

/// <summary>A kernel that was built for one device.</summary>
internal sealed unsafe class BuiltKernel : IDisposable
{
    private const uint KernelWorkGroupSize = 0x11B0, KernelLocalMemSize = 0x11B2;

    private readonly OpenClHandle _program;

    private BuiltKernel(string name, OpenClHandle program, OpenClHandle kernel, Index3D? group, long groupLimit)
    {
        (Name, _program, Handle, Group, GroupLimit) = (name, program, kernel, group, groupLimit);
    }

    /// <summary>Name of the method, for messages.</summary>
    public string Name { get; }

    /// <summary>The cl_kernel. Its arguments belong to it, so only one thread at a time may set them and enqueue.</summary>
    public OpenClHandle Handle { get; }

    /// <summary>Size of the groups of a group kernel; null for a plain one.</summary>
    public Index3D? Group { get; }

    /// <summary>Most items that a group of this kernel can have on the device.</summary>
    public long GroupLimit { get; }

    /// <summary>Builds a kernel.</summary>
    /// <exception cref="NotSupportedException">The device cannot run it.</exception>
    /// <exception cref="OpenClException">It cannot be built.</exception>
    public static BuiltKernel Build(OpenClSession session, ProgramBuilder builder, MethodInfo method, KernelProgram program)
    {
        string name = KernelPrograms.Describe(method);
        OpenClDevice device = session.Device.Info;
        Index3D? group = method.GetCustomAttribute<GroupKernelAttribute>() is { } size ? new Index3D(size.X, size.Y, size.Z) : null;
        if (group is { } wanted)
        {
            RequireGroup(wanted, device.MaxGroupSize, device.MaxGroupSizes, name, session.Name);
        }

        OpenClHandle built = builder.Build(name, program.Source);
        OpenClHandle? kernel = null;
        try
        {
            kernel = CreateKernel(session, built, program.EntryPoint);
            long limit = (long)Info<nuint>(session, kernel, KernelWorkGroupSize);
            if (group is { } fixedGroup)
            {
                RequireGroup(fixedGroup, limit, device.MaxGroupSizes, name, session.Name);
            }

            ulong local = Info<ulong>(session, kernel, KernelLocalMemSize);
            return local > (ulong)device.LocalMemory
                ? throw new NotSupportedException($"'{name}' cannot run on {session.Name}: it needs {local} bytes of local memory, the device has {device.LocalMemory}.")
                : new(name, built, kernel, group, limit);
        }
        catch
        {
            kernel?.Dispose();
            built.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        _program.Dispose();
    }

    private static void RequireGroup(Index3D group, long most, IReadOnlyList<long> sides, string name, string device)
    {
        if (group.Size > most || group.X > sides[0] || group.Y > sides[1] || group.Z > sides[2])
        {
            throw new NotSupportedException(
                $"'{name}' cannot run on {device}: its groups have {group.X} x {group.Y} x {group.Z} items, "
                + $"the device allows {most} of this kernel, at most {sides[0]} x {sides[1]} x {sides[2]}.");
        }
    }

    private static OpenClHandle CreateKernel(OpenClSession session, OpenClHandle program, string entryPoint)
    {
        int error;
        nint kernel;
        fixed (byte* text = Encoding.UTF8.GetBytes(entryPoint + '\0'))
        {
            kernel = session.Library.CreateKernel(program.Value, text, &error);
        }

        session.Check(error, $"clCreateKernel ('{entryPoint}')");
        return session.Library.Own(OpenClFunction.ReleaseKernel, kernel);
    }

    private static T Info<T>(OpenClSession session, OpenClHandle kernel, uint what)
        where T : unmanaged
    {
        T value = default;
        session.Check(
            session.Library.GetKernelWorkGroupInfo(kernel.Value, session.Device.Device, what, (nuint)sizeof(T), &value, null), "clGetKernelWorkGroupInfo");
        return value;
    }
}
