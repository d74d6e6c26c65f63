using System.Reflection;

namespace G3DR.Tests.Generator;

public class SpecialisationTests
{
    [Fact]
    public void Own_interfaces_take_every_struct_that_fits_also_generic_ones()
    {
        var result = KernelGeneratorHarness.Generate("""
            interface IOp { static abstract float Run(float x); }
            interface IMarked { }
            readonly struct A : IOp, IMarked { public static float Run(float x) => x; }
            readonly struct B : IOp { public static float Run(float x) => x + 1; }
            readonly struct Twice<T> : IOp, IMarked where T : struct, IOp { public static float Run(float x) => T.Run(T.Run(x)); }
            class NoStruct : IOp, IMarked { public static float Run(float x) => x; }
            static class Ops { [Kernel] static void Map<T>(Index1D i, ArrayView<float> x) where T : struct, IOp, IMarked => x[i] = T.Run(x[i]); }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["A", "Twice`1[A]", "Twice`1[B]"], result.Keys.Select(ArgumentOf));
        Assert.Contains("Twice_B_Run(x.p[i])", result.Find(result.Keys[2])!.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unmanaged, IFloatingPointIeee754<T>", "System.Double System.Single")]
    [InlineData("unmanaged, INumber<T>", "System.Double System.Int32 System.Int64 System.Single")]
    [InlineData("unmanaged", "System.Byte System.Double System.Int32 System.Int64 System.Single System.UInt16 System.UInt32 System.UInt64")]
    public void Numbers_stand_for_the_parameters_of_generic_math_and_of_none(string constraints, string expected)
    {
        var result = KernelGeneratorHarness.Generate($$"""
            static class Ops { [Kernel] static void Copy<T>(Index1D i, ArrayView<T> x, ArrayView<T> y) where T : {{constraints}} => y[i] = x[i]; }
            """);
        Assert.Equal(expected.Split(' '), result.Keys.Select(ArgumentOf));
    }

    [Fact]
    public void Arguments_may_depend_on_each_other()
    {
        var result = KernelGeneratorHarness.Generate("""
            interface IOp<T> { static abstract T Run(T x); }
            struct OnFloat : IOp<float> { public static float Run(float x) => x; }
            struct OnAny<T> : IOp<T> where T : unmanaged, INumber<T> { public static T Run(T x) => x + T.One; }
            static class Ops<T> where T : unmanaged, IFloatingPoint<T>
            {
                [Kernel] static void Map<TOp>(Index1D i, ArrayView<T> x) where TOp : struct, IOp<T> => x[i] = TOp.Run(x[i]);
            }
            """);
        Assert.Equal(["OnAny`1[System.Double]", "OnAny`1[System.Single]", "OnFloat"], result.Keys.Select(ArgumentOf));
    }

    [Fact]
    public void Keys_are_those_of_reflection()
    {
        var result = KernelGeneratorHarness.Generate("""
            namespace Some.Place
            {
                public enum Mode { A }
                public struct Outer<T> where T : unmanaged, IFloatingPointIeee754<T>
                {
                    public struct Inner { public T Value; }
                    public static class Ops
                    {
                        [Kernel] static void Nested(Index3D i, ArrayView3D<Inner> x, Mode mode, bool flag) => x[i].Value = flag ? T.One : T.Zero;
                        [Kernel] static void Generic<U>(Index2D i, ArrayView2D<T> x, ArrayView<U> y, U v) where U : unmanaged => y[i.X] = v;
                    }
                }
                static class Plain
                {
                    [Kernel] static void Same(Index1D i, ArrayView<float> x) => x[i] = 1;
                    [Kernel] static void Same(Index1D i, ArrayView<int> x) => x[i] = 1;
                    [GroupKernel(4)] static void Grouped(ArrayView<Outer<double>.Inner> x) => x[Group.IdxX].Value = 1;
                }
            }
            """);
        Assert.Equal((2 * (1 + 8)) + 3, result.Keys.Length);
        string[] numbers = ["System.Single", "System.Double", "System.Int32", "System.UInt32", "System.Int64", "System.UInt64", "System.Byte", "System.UInt16"];
        var expected = new List<string>();
        Type plain = result.Assembly!.GetType("Some.Place.Plain")!, ops = result.Assembly.GetType("Some.Place.Outer`1+Ops")!;
        expected.AddRange(plain.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Select(KeyOf));
        foreach (Type t in new[] { typeof(float), typeof(double) })
        {
            Type closed = ops.MakeGenericType(t);
            expected.Add(KeyOf(closed.GetMethod("Nested", BindingFlags.Static | BindingFlags.NonPublic)!));
            MethodInfo generic = closed.GetMethod("Generic", BindingFlags.Static | BindingFlags.NonPublic)!;
            expected.AddRange(numbers.Select(n => KeyOf(generic.MakeGenericMethod(Type.GetType(n)!))));
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), result.Keys);
        Assert.All(expected, key => Assert.NotNull(result.Find(key)));
        Assert.Null(result.Find(expected[0] + "x"));
        Assert.Null(result.Find(expected[0][..^1]));
    }

    private static string ArgumentOf(string key)
    {
        string method = key[(key.IndexOf("::", StringComparison.Ordinal) + 2)..key.IndexOf('(', StringComparison.Ordinal)];
        return method[(method.IndexOf('[', StringComparison.Ordinal) + 1)..^1];
    }

    // The runtime's form of the key.
    private static string KeyOf(MethodInfo method)
    {
        string arguments = method.IsGenericMethod ? "[" + string.Join(",", method.GetGenericArguments().Select(NameOf)) + "]" : "";
        return $"{NameOf(method.DeclaringType!)}::{method.Name}{arguments}({string.Join(",", method.GetParameters().Select(p => NameOf(p.ParameterType)))})";
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? type.GetGenericTypeDefinition().FullName + "[" + string.Join(",", type.GetGenericArguments().Select(NameOf)) + "]"
        : type.FullName!;
}
