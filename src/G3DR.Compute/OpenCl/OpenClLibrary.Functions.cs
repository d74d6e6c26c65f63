namespace G3DR.Compute.OpenCl;

/// <content>The functions, with the parameters of the OpenCL 1.2 specification; sizes are size_t, flags are cl_bitfield.</content>
internal sealed unsafe partial class OpenClLibrary
{
    public int GetPlatformIDs(uint capacity, nint* platforms, uint* count) =>
        ((delegate* unmanaged<uint, nint*, uint*, int>)_functions[(int)OpenClFunction.GetPlatformIDs])(capacity, platforms, count);

    public int GetPlatformInfo(nint platform, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetPlatformInfo])(platform, name, capacity, value, size);

    public int GetDeviceIDs(nint platform, ulong type, uint capacity, nint* devices, uint* count) =>
        ((delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)_functions[(int)OpenClFunction.GetDeviceIDs])(platform, type, capacity, devices, count);

    public int GetDeviceInfo(nint device, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetDeviceInfo])(device, name, capacity, value, size);

    public nint CreateContext(nint* properties, uint count, nint* devices, int* error) =>
        ((delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)_functions[(int)OpenClFunction.CreateContext])(properties, count, devices, 0, 0, error);

    public nint CreateCommandQueue(nint context, nint device, ulong properties, int* error) =>
        ((delegate* unmanaged<nint, nint, ulong, int*, nint>)_functions[(int)OpenClFunction.CreateCommandQueue])(context, device, properties, error);

    public nint CreateBuffer(nint context, ulong flags, nuint bytes, void* host, int* error) =>
        ((delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)_functions[(int)OpenClFunction.CreateBuffer])(context, flags, bytes, host, error);

    public nint CreateProgramWithSource(nint context, uint count, byte** texts, nuint* lengths, int* error) =>
        ((delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)_functions[(int)OpenClFunction.CreateProgramWithSource])(context, count, texts, lengths, error);

    public nint CreateProgramWithBinary(nint context, uint count, nint* devices, nuint* lengths, byte** binaries, int* status, int* error) =>
        ((delegate* unmanaged<nint, uint, nint*, nuint*, byte**, int*, int*, nint>)_functions[(int)OpenClFunction.CreateProgramWithBinary])(
            context, count, devices, lengths, binaries, status, error);

    public int BuildProgram(nint program, uint count, nint* devices, byte* options) =>
        ((delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)_functions[(int)OpenClFunction.BuildProgram])(program, count, devices, options, 0, 0);

    public int GetProgramInfo(nint program, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetProgramInfo])(program, name, capacity, value, size);

    public int GetProgramBuildInfo(nint program, nint device, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetProgramBuildInfo])(
            program, device, name, capacity, value, size);

    public nint CreateKernel(nint program, byte* name, int* error) =>
        ((delegate* unmanaged<nint, byte*, int*, nint>)_functions[(int)OpenClFunction.CreateKernel])(program, name, error);

    public int GetKernelWorkGroupInfo(nint kernel, nint device, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetKernelWorkGroupInfo])(
            kernel, device, name, capacity, value, size);

    public int SetKernelArg(nint kernel, uint index, nuint size, void* value) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, int>)_functions[(int)OpenClFunction.SetKernelArg])(kernel, index, size, value);

    public int EnqueueNDRangeKernel(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* items, nuint* group, nint* done) =>
        ((delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)_functions[(int)OpenClFunction.EnqueueNDRangeKernel])(
            queue, kernel, dimensions, offset, items, group, 0, null, done);

    public int EnqueueReadBuffer(nint queue, nint buffer, nuint offset, nuint bytes, void* host, nint* done) =>
        ((delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)_functions[(int)OpenClFunction.EnqueueReadBuffer])(
            queue, buffer, 0, offset, bytes, host, 0, null, done);

    public int EnqueueWriteBuffer(nint queue, nint buffer, nuint offset, nuint bytes, void* host, nint* done) =>
        ((delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)_functions[(int)OpenClFunction.EnqueueWriteBuffer])(
            queue, buffer, 0, offset, bytes, host, 0, null, done);

    public int EnqueueCopyBuffer(nint queue, nint source, nint destination, nuint sourceOffset, nuint destinationOffset, nuint bytes, nint* done) =>
        ((delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int>)_functions[(int)OpenClFunction.EnqueueCopyBuffer])(
            queue, source, destination, sourceOffset, destinationOffset, bytes, 0, null, done);

    public int EnqueueFillBuffer(nint queue, nint buffer, void* pattern, nuint patternBytes, nuint offset, nuint bytes, nint* done) =>
        ((delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)_functions[(int)OpenClFunction.EnqueueFillBuffer])(
            queue, buffer, pattern, patternBytes, offset, bytes, 0, null, done);

    public int Flush(nint queue) => ((delegate* unmanaged<nint, int>)_functions[(int)OpenClFunction.Flush])(queue);

    public int Finish(nint queue) => ((delegate* unmanaged<nint, int>)_functions[(int)OpenClFunction.Finish])(queue);

    public int WaitForEvents(uint count, nint* events) =>
        ((delegate* unmanaged<uint, nint*, int>)_functions[(int)OpenClFunction.WaitForEvents])(count, events);

    public int GetEventInfo(nint @event, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetEventInfo])(@event, name, capacity, value, size);

    public int GetEventProfilingInfo(nint @event, uint name, nuint capacity, void* value, nuint* size) =>
        ((delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)_functions[(int)OpenClFunction.GetEventProfilingInfo])(@event, name, capacity, value, size);

    public int SetEventCallback(nint @event, int status, delegate* unmanaged<nint, int, nint, void> callback, nint state) =>
        ((delegate* unmanaged<nint, int, delegate* unmanaged<nint, int, nint, void>, nint, int>)_functions[(int)OpenClFunction.SetEventCallback])(
            @event, status, callback, state);

    public int RetainEvent(nint @event) => ((delegate* unmanaged<nint, int>)_functions[(int)OpenClFunction.RetainEvent])(@event);
}
