using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Reductions by the groups of the first OpenCL device instead of the emulator's.</summary>
public sealed class OpenClReductionGroupTests : ReductionGroupTests
{
    protected override string Configuration => TestDevice.OpenCl;
}
