using Microsoft.Win32.SafeHandles;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// An OpenCL object (context, queue, buffer, program, kernel or event) that is released once, at the latest by the finalizer.
/// OpenCL objects count their own references, so the order in which a context and its children are released does not matter.
/// </summary>
internal sealed class OpenClHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly OpenClLibrary _library;
    private readonly OpenClFunction _release;

    internal OpenClHandle(OpenClLibrary library, OpenClFunction release, nint value)
        : base(ownsHandle: true)
    {
        (_library, _release) = (library, release);
        SetHandle(value);
    }

    /// <summary>The object itself; whoever uses it keeps this handle reachable meanwhile.</summary>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Keeps the object from being released until the result is disposed, for calls that run while another thread may dispose it.</summary>
    public Borrowed Borrow() => new(this);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => _library.Release(_release, handle) == OpenClErrorCode.Success;

    /// <summary>The object during a call.</summary>
    internal readonly ref struct Borrowed
    {
        private readonly OpenClHandle _owner;

        internal Borrowed(OpenClHandle owner)
        {
            bool added = false;
            owner.DangerousAddRef(ref added);
            _owner = owner;
            Value = owner.handle;
        }

        /// <summary>The object itself.</summary>
        public nint Value { get; }

        /// <summary>Ends the use.</summary>
        public void Dispose() => _owner.DangerousRelease();
    }
}
