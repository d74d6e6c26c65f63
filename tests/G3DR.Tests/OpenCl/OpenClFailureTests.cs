using System.Runtime.InteropServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

/// <summary>Failures that no healthy device shows: single functions of the loader are replaced by ones that fail.</summary>
public class OpenClFailureTests
{
    [SkippableFact]
    public unsafe void After_an_illegal_access_the_device_takes_no_more_work()
    {
        OpenClAccelerator device = Open(OpenClFunction.EnqueueNDRangeKernel, (nint)(delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)&IllegalAccessAtLaunch);
        using (MemoryBuffer<float> buffer = device.Allocate<float>(10))
        {
            var first = Assert.Throws<DeviceLostException>(() => device.Launch(TestKernels.Scale, (Index1D)10, buffer.View, 2f));
            Assert.Contains("clEnqueueNDRangeKernel failed with illegal memory access", first.Message, StringComparison.Ordinal);
            Assert.Contains("-9999", first.FirstFailure, StringComparison.Ordinal);
            Assert.Contains(device.Device.ToString(), first.Message, StringComparison.Ordinal);
            foreach (Action work in new Action[]
            {
                () => device.Launch(TestKernels.Scale, (Index1D)10, buffer.View, 2f),
                () => device.Allocate<float>(10),
                () => device.Clear(buffer.View),
                () => device.Copy(buffer.View, buffer.View),
                () => device.CopyToHost(buffer.View, new float[10]),
                () => device.CopyToDevice(new float[10], buffer.View),
                () => _ = device.CopyToHostAsync(buffer.View, new float[10].AsMemory()),
                device.Synchronize,
            })
            {
                Assert.Equal(first.FirstFailure, Assert.Throws<DeviceLostException>(work).FirstFailure);
            }
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public unsafe void A_launch_that_needs_too_much_does_not_lose_the_device()
    {
        OpenClAccelerator device = Open(OpenClFunction.EnqueueNDRangeKernel, (nint)(delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)&OutOfResourcesAtLaunch);
        using (MemoryBuffer<float> buffer = device.Allocate<float>(10))
        {
            var error = Assert.Throws<OpenClException>(() => device.Launch(TestKernels.Scale, (Index1D)10, buffer.View, 2f));
            Assert.Equal("CL_OUT_OF_RESOURCES", error.CodeName);
            buffer.Clear();
            device.Synchronize();
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public unsafe void Out_of_resources_at_the_end_of_the_queue_means_that_the_device_is_lost()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found)
            .With(OpenClFunction.EnqueueNDRangeKernel, (nint)(delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)&OutOfResourcesAtLaunch);
        OpenClAccelerator healthy = OpenClAccelerator.Open(library, found, OpenClTest.Options, new TestKernels());
        OpenClTest.Close(healthy);
        s_finishesBeforeFailure = 1;
        library = library.With(OpenClFunction.Finish, (nint)(delegate* unmanaged<nint, int>)&FinishThenFail);
        OpenClAccelerator device = OpenClAccelerator.Open(library, found, OpenClTest.Options, new TestKernels());

        // The one Finish that succeeds belongs to the allocation.
        MemoryBuffer<float> buffer = device.Allocate<float>(10);
        var lost = Assert.Throws<DeviceLostException>(() => device.Launch(TestKernels.Scale, (Index1D)10, buffer.View, 2f));
        Assert.Contains("clEnqueueNDRangeKernel", lost.FirstFailure, StringComparison.Ordinal);
        buffer.Dispose();
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public unsafe void A_copy_that_fails_while_it_runs_loses_the_device()
    {
        OpenClAccelerator device = Open(OpenClFunction.WaitForEvents, (nint)(delegate* unmanaged<uint, nint*, int>)&FailedEvents);
        using (MemoryBuffer<float> buffer = device.Allocate<float>(10))
        {
            var lost = Assert.Throws<DeviceLostException>(() => buffer.CopyTo(new float[10]));
            Assert.Contains("clEnqueueReadBuffer failed with CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST", lost.FirstFailure, StringComparison.Ordinal);
            Assert.Throws<DeviceLostException>(device.Synchronize);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public async Task A_copy_whose_failure_the_driver_reports_loses_the_device()
    {
        OpenClAccelerator device = OpenWithFailingCallbacks();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(10))
        {
            DeviceLostException lost = await Assert.ThrowsAsync<DeviceLostException>(() => device.CopyToDeviceAsync<float>(new float[10], buffer.View));
            Assert.Contains("clEnqueueWriteBuffer failed with CL_OUT_OF_RESOURCES", lost.FirstFailure, StringComparison.Ordinal);
            Assert.Throws<DeviceLostException>(device.Synchronize);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public void A_small_copy_that_fails_later_is_reported_by_the_next_call()
    {
        OpenClAccelerator device = OpenWithFailingCallbacks();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(10))
        {
            buffer.CopyFrom(new float[10]);
            Assert.Contains("clEnqueueWriteBuffer", Assert.Throws<DeviceLostException>(device.Synchronize).FirstFailure, StringComparison.Ordinal);
        }

        OpenClTest.Close(device);
    }

    [SkippableFact]
    public async Task A_driver_without_callbacks_still_copies()
    {
        OpenClAccelerator device = OpenWithoutCallbacks();
        using (MemoryBuffer<float> buffer = device.Allocate<float>(3))
        {
            var values = new float[3];
            await device.CopyToDeviceAsync<float>(new float[] { 1, 2, 3 }, buffer.View);
            await device.CopyToHostAsync(buffer.View, values.AsMemory());
            Assert.Equal([1, 2, 3], values);
        }

        OpenClTest.Close(device);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public unsafe void A_driver_that_has_no_memory_is_reported_at_the_allocation(bool atFirstUse)
    {
        OpenClAccelerator device = atFirstUse
            ? Open(OpenClFunction.EnqueueFillBuffer, (nint)(delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)&NoMemoryAtFill)
            : Open(OpenClFunction.CreateBuffer, (nint)(delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)&NoMemoryAtCreate);
        var error = Assert.Throws<OutOfDeviceMemoryException>(() => device.Allocate<float>(1000));
        Assert.Equal(4000, error.RequestedBytes);
        Assert.Contains("CL_MEM_OBJECT_ALLOCATION_FAILURE", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(0, device.Memory.BytesInUse);
        device.Synchronize();
        OpenClTest.Close(device);
    }

    [SkippableFact]
    public unsafe void A_device_that_another_program_holds_is_named()
    {
        OpenClLibrary library = OpenClTest.Library(out FoundDevice found)
            .With(OpenClFunction.CreateContext, (nint)(delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)&NoContext);
        var error = Assert.Throws<OpenClException>(() => OpenClAccelerator.Open(library, found.Info.Name, OpenClTest.Options));
        Assert.Equal("CL_DEVICE_NOT_AVAILABLE", error.CodeName);
        Assert.Contains(found.Info.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, library.LiveObjects);
    }

    [SkippableFact]
    public unsafe void A_platform_that_cannot_be_asked_is_a_reason_and_no_error()
    {
        OpenClLibrary library = OpenClTest.Library(out _)
            .With(OpenClFunction.GetDeviceIDs, (nint)(delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)&NoDeviceIds);
        Assert.Empty(OpenClDeviceScan.Scan(library, out string? reason));
        Assert.Contains("clGetDeviceIDs", reason, StringComparison.Ordinal);
        Assert.Contains("CL_OUT_OF_HOST_MEMORY", reason, StringComparison.Ordinal);
        Assert.Null(OpenClAccelerator.TryOpenBest(library, OpenClTest.Options));
        Assert.Contains("clGetDeviceIDs", Assert.Throws<ArgumentException>(() => OpenClAccelerator.Open(library, "opencl:0", OpenClTest.Options)).Message, StringComparison.Ordinal);
    }

    private static int s_finishesBeforeFailure;

    private static OpenClAccelerator Open(OpenClFunction function, nint replacement) =>
        OpenClAccelerator.Open(OpenClTest.Library(out FoundDevice found).With(function, replacement), found, OpenClTest.Options, new TestKernels());

    private static unsafe OpenClAccelerator OpenWithoutCallbacks() =>
        Open(OpenClFunction.SetEventCallback, (nint)(delegate* unmanaged<nint, int, nint, nint, int>)&NoCallback);

    private static OpenClLibrary? s_library;

    private static unsafe OpenClAccelerator OpenWithFailingCallbacks()
    {
        s_library = OpenClTest.Library(out _);
        return Open(OpenClFunction.SetEventCallback, (nint)(delegate* unmanaged<nint, int, delegate* unmanaged<nint, int, nint, void>, nint, int>)&FailingCallback);
    }

    // The copy itself is let to its end first, so that it does not use memory that is no longer held in place.
    [UnmanagedCallersOnly]
    private static unsafe int FailingCallback(nint done, int status, delegate* unmanaged<nint, int, nint, void> callback, nint state)
    {
        _ = s_library!.WaitForEvents(1, &done);
        callback(done, OpenClErrorCode.OutOfResources, state);
        return OpenClErrorCode.Success;
    }

    [UnmanagedCallersOnly]
    private static unsafe int IllegalAccessAtLaunch(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* size, nuint* group, uint waits, nint* list, nint* done) => OpenClErrorCode.IllegalAccess;

    [UnmanagedCallersOnly]
    private static unsafe int OutOfResourcesAtLaunch(
        nint queue, nint kernel, uint dimensions, nuint* offset, nuint* size, nuint* group, uint waits, nint* list, nint* done) => OpenClErrorCode.OutOfResources;

    [UnmanagedCallersOnly]
    private static unsafe int FinishThenFail(nint queue) =>
        Interlocked.Decrement(ref s_finishesBeforeFailure) >= 0 ? OpenClErrorCode.Success : OpenClErrorCode.OutOfResources;

    [UnmanagedCallersOnly]
    private static unsafe int FailedEvents(uint count, nint* events) => -14;

    [UnmanagedCallersOnly]
    private static unsafe int NoCallback(nint done, int status, nint callback, nint state) => -59;

    [UnmanagedCallersOnly]
    private static unsafe nint NoMemoryAtCreate(nint context, ulong flags, nuint bytes, void* host, int* error)
    {
        *error = OpenClErrorCode.MemObjectAllocationFailure;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static unsafe int NoMemoryAtFill(
        nint queue, nint buffer, void* pattern, nuint patternBytes, nuint offset, nuint bytes, uint waits, nint* list, nint* done) =>
        OpenClErrorCode.MemObjectAllocationFailure;

    [UnmanagedCallersOnly]
    private static unsafe nint NoContext(nint* properties, uint count, nint* devices, nint notify, nint state, int* error)
    {
        *error = OpenClErrorCode.DeviceNotAvailable;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static unsafe int NoDeviceIds(nint platform, ulong type, uint capacity, nint* devices, uint* count) => OpenClErrorCode.OutOfHostMemory;
}
