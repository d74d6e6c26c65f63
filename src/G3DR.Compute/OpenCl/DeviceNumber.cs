using G3DR.Compute.Memory;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// The number of a living accelerator in <see cref="DeviceAddress"/>. It is what a view is known by, so it is unique in the process. Numbers are
/// taken in turn, so that an old view meets a new device as late as possible.
/// </summary>
internal sealed class DeviceNumber : IDisposable
{
    private static readonly Lock s_gate = new();
    private static readonly string?[] s_names = new string?[DeviceAddress.MaxDevice + 1];
    private static int s_next;

    private int _released;

    private DeviceNumber(int value) => Value = value;

    /// <summary>Returns the number of an accelerator that was never disposed.</summary>
    ~DeviceNumber() => Release();

    /// <summary>The number.</summary>
    public int Value { get; }

    /// <summary>Takes a free number.</summary>
    /// <param name="name">Name of the device, for messages about its views.</param>
    /// <exception cref="InvalidOperationException">All numbers are taken.</exception>
    public static DeviceNumber Take(string name)
    {
        lock (s_gate)
        {
            for (int i = 0; i < s_names.Length; i++)
            {
                int number = (s_next + i) % s_names.Length;
                if (s_names[number] is null)
                {
                    s_names[number] = name;
                    s_next = (number + 1) % s_names.Length;
                    return new(number);
                }
            }
        }

        throw new InvalidOperationException($"{s_names.Length} accelerators are open already; dispose those that are not in use.");
    }

    /// <summary>Name of the device that an address belongs to.</summary>
    public static string OwnerOf(nint address)
    {
        if (!DeviceAddress.IsDevice(address))
        {
            return "the host";
        }

        lock (s_gate)
        {
            return s_names[DeviceAddress.Device(address)] ?? "a device that was disposed";
        }
    }

    /// <summary>Gives the number back.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            lock (s_gate)
            {
                s_names[Value] = null;
            }
        }
    }
}
