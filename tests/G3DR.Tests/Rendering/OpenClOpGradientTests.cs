using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>The same gradients, computed by the first OpenCL device.</summary>
public sealed class OpenClOpGradientTests : OpGradientTests
{
    // Every operation of the device costs a launch: a few elements of each input are enough to find a wrong gradient.
    protected override int MostElements => 5;

    protected override TestDevice Open() => TestDevice.Create(TestDevice.OpenCl);
}
