using System.Text;

namespace G3DR.Compute.OpenCl;

/// <summary>Builds programs for one device, from the cache where it has them.</summary>
internal sealed unsafe class ProgramBuilder
{
    private const uint ProgramBinarySizes = 0x1165, ProgramBinaries = 0x1166, ProgramBuildLog = 0x1183;
    private const long LongestLog = 1 << 24;

    private readonly OpenClLibrary _library;
    private readonly FoundDevice _device;
    private readonly OpenClHandle _context;
    private readonly ProgramCache _cache;
    private int _builtFromSource;

    public ProgramBuilder(OpenClLibrary library, FoundDevice device, OpenClHandle context, ProgramCache cache) =>
        (_library, _device, _context, _cache) = (library, device, context, cache);

    /// <summary>Programs that the driver's compiler had to translate.</summary>
    public int BuiltFromSource => Volatile.Read(ref _builtFromSource);

    /// <summary>Options of every program; no option that would let the driver change results is among them.</summary>
    public string Options => _device.Info.HasCorrectlyRoundedDivision
        ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt"
        : "-cl-std=CL1.2";

    private string Name => _device.Info.ToString();

    /// <summary>Builds a program. Several threads may build at a time.</summary>
    /// <param name="kernel">Name of the kernel, for messages.</param>
    /// <param name="source">Its OpenCL C.</param>
    /// <exception cref="OpenClException">The text has an error; the message shows it.</exception>
    public OpenClHandle Build(string kernel, string source)
    {
        byte[] key = ProgramCache.KeyOf(source, Options, _device.Info);
        if (_cache.TryRead(key) is { } binary)
        {
            if (TryBuildBinary(binary) is { } cached)
            {
                return cached;
            }

            _cache.CountRefused();
        }

        OpenClHandle program = BuildSource(kernel, source);
        Interlocked.Increment(ref _builtFromSource);
        if (ReadBinary(program) is { } built)
        {
            _cache.Write(key, built);
        }

        return program;
    }

    private OpenClHandle? TryBuildBinary(byte[] binary)
    {
        nint device = _device.Device;
        nuint length = (nuint)binary.Length;
        int status = OpenClErrorCode.Success, error;
        nint created;
        fixed (byte* bytes = binary)
        {
            byte* first = bytes;
            created = _library.CreateProgramWithBinary(_context.Value, 1, &device, &length, &first, &status, &error);
        }

        if (created == 0)
        {
            return null;
        }

        OpenClHandle program = _library.Own(OpenClFunction.ReleaseProgram, created);
        if (error == OpenClErrorCode.Success && status == OpenClErrorCode.Success && Compile(program) == OpenClErrorCode.Success)
        {
            return program;
        }

        program.Dispose();
        return null;
    }

    private OpenClHandle BuildSource(string kernel, string source)
    {
        byte[] text = Encoding.UTF8.GetBytes(source);
        nuint length = (nuint)text.Length;
        int error;
        nint created;
        fixed (byte* bytes = text)
        {
            byte* first = bytes;
            created = _library.CreateProgramWithSource(_context.Value, 1, &first, &length, &error);
        }

        OpenClException.ThrowIfFailed(error, "clCreateProgramWithSource", Name);
        OpenClHandle program = _library.Own(OpenClFunction.ReleaseProgram, created);
        int code = Compile(program);
        if (code == OpenClErrorCode.Success)
        {
            return program;
        }

        string log = ReadLog(program);
        program.Dispose();
        throw new OpenClException(
            $"The kernel '{kernel}' cannot be built for {Name}: clBuildProgram failed with {OpenClErrorCode.NameOf(code)} ({code}): "
            + $"{OpenClErrorCode.AdviceFor(code)}.{Environment.NewLine}{BuildLog.Describe(log, source)}",
            code,
            log);
    }

    private int Compile(OpenClHandle program)
    {
        nint device = _device.Device;
        fixed (byte* options = Encoding.UTF8.GetBytes(Options + '\0'))
        {
            return _library.BuildProgram(program.Value, 1, &device, options);
        }
    }

    private string ReadLog(OpenClHandle program)
    {
        nuint size;
        if (_library.GetProgramBuildInfo(program.Value, _device.Device, ProgramBuildLog, 0, null, &size) != OpenClErrorCode.Success || size > LongestLog)
        {
            return string.Empty;
        }

        var log = new byte[size];
        fixed (byte* first = log)
        {
            return _library.GetProgramBuildInfo(program.Value, _device.Device, ProgramBuildLog, size, first, null) == OpenClErrorCode.Success
                ? Encoding.UTF8.GetString(log).TrimEnd('\0').Trim()
                : string.Empty;
        }
    }

    /// <summary>The binary of a program built for this one device; null where the driver gives none, which only costs the cache.</summary>
    private byte[]? ReadBinary(OpenClHandle program)
    {
        nuint size;
        if (_library.GetProgramInfo(program.Value, ProgramBinarySizes, (nuint)sizeof(nuint), &size, null) != OpenClErrorCode.Success
            || size == 0 || size > (nuint)Array.MaxLength)
        {
            return null;
        }

        var binary = new byte[size];
        fixed (byte* first = binary)
        {
            byte* target = first;
            return _library.GetProgramInfo(program.Value, ProgramBinaries, (nuint)sizeof(byte*), &target, null) == OpenClErrorCode.Success ? binary : null;
        }
    }
}
