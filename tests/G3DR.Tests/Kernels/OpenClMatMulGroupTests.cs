using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Products by the groups of the first OpenCL device instead of the emulator's.</summary>
public sealed class OpenClMatMulGroupTests : MatMulGroupTests
{
    protected override string Configuration => TestDevice.OpenCl;
}
