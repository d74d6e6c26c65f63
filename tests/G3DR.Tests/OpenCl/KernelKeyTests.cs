using G3DR.Compute;
using G3DR.Compute.OpenCl;

namespace G3DR.Tests.OpenCl;

public class KernelKeyTests
{
    [Fact]
    public void A_plain_method_is_named_with_its_parameters() => Assert.Equal(
        "G3DR.Tests.OpenCl.TestKernels::Scale(G3DR.Compute.Index1D,G3DR.Compute.ArrayView`1[System.Single],System.Single)",
        Key(TestKernels.Scale));

    [Fact]
    public void Type_arguments_of_methods_follow_the_name() => Assert.Equal(
        "G3DR.Tests.OpenCl.TestKernels::Generic[System.Single](G3DR.Compute.Index1D,G3DR.Compute.ArrayView`1[System.Single])",
        KernelKey.Of(((Action<Index1D, ArrayView<float>>)TestKernels.Generic).Method));

    [Fact]
    public void Type_arguments_of_the_types_around_come_first() => Assert.Equal(
        "G3DR.Tests.OpenCl.KernelKeyTests+Outer`1+Inner`1[System.Int32,G3DR.Tests.OpenCl.Pair]::Run[System.Byte]"
        + "(G3DR.Compute.Index2D,G3DR.Tests.OpenCl.KernelKeyTests+Outer`1+Inner`1[System.Int32,G3DR.Tests.OpenCl.Pair],System.Byte)",
        KernelKey.Of(((Action<Index2D, Outer<int>.Inner<Pair>, byte>)Outer<int>.Inner<Pair>.Run).Method));

    [Fact]
    public void Nested_types_without_arguments_have_a_plus_sign() => Assert.Equal(
        "G3DR.Tests.OpenCl.KernelKeyTests+Nested::Run(G3DR.Compute.Index1D,G3DR.Tests.OpenCl.KernelKeyTests+Nested)",
        KernelKey.Of(((Action<Index1D, Nested>)Nested.Run).Method));

    private static string Key(Action<Index1D, ArrayView<float>, float> kernel) => KernelKey.Of(kernel.Method);

    private readonly struct Nested
    {
        public static void Run(Index1D index, Nested value)
        {
        }
    }

    private static class Outer<T>
    {
        public readonly struct Inner<U>
        {
            public static void Run<V>(Index2D index, Inner<U> value, V other)
            {
            }
        }
    }
}
