using G3DR.Compute.Launching;

namespace G3DR.Compute;

/// <content>The launches, one overload for each number of arguments, as delegates of static methods carry no variable argument lists.</content>
public abstract partial class Accelerator
{
    /// <summary>
    /// Runs a kernel for every index of <paramref name="extent"/>. A processor returns when it is done; other devices return at once and work in the
    /// order of the calls: copies to the host and <see cref="Synchronize"/> wait for them.
    /// </summary>
    /// <param name="kernel">A static method marked <see cref="KernelAttribute"/>; a processor takes any delegate.</param>
    /// <param name="extent">Number of items along each axis.</param>
    /// <param name="a">First argument: a view of this device, a number, an enum or a struct of these. The others likewise.</param>
    /// <exception cref="NotSupportedException">The device has no translation of this kernel, or cannot run it; the message says why.</exception>
    /// <exception cref="ArgumentException">A view lies on another device.</exception>
    public void Launch<TIndex, T1>(Action<TIndex, T1> kernel, TIndex extent, T1 a)
        where TIndex : struct, IIndex<TIndex> => Run(kernel, extent, index => kernel(index, a), Of(a));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2>(Action<TIndex, T1, T2> kernel, TIndex extent, T1 a, T2 b)
        where TIndex : struct, IIndex<TIndex> => Run(kernel, extent, index => kernel(index, a, b), Of(a), Of(b));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3>(Action<TIndex, T1, T2, T3> kernel, TIndex extent, T1 a, T2 b, T3 c)
        where TIndex : struct, IIndex<TIndex> => Run(kernel, extent, index => kernel(index, a, b, c), Of(a), Of(b), Of(c));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4>(Action<TIndex, T1, T2, T3, T4> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d)
        where TIndex : struct, IIndex<TIndex> => Run(kernel, extent, index => kernel(index, a, b, c, d), Of(a), Of(b), Of(c), Of(d));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5>(
        Action<TIndex, T1, T2, T3, T4, T5> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e), Of(a), Of(b), Of(c), Of(d), Of(e));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6>(
        Action<TIndex, T1, T2, T3, T4, T5, T6> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j, k), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j, k, l), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j, k, l, m), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m, T14 n)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j, k, l, m, n), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m), Of(n));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m, T14 n, T15 o)
        where TIndex : struct, IIndex<TIndex> =>
        Run(kernel, extent, index => kernel(index, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m), Of(n), Of(o));

    /// <summary>Runs a kernel that works in groups of items with shared memory; see <see cref="GroupKernelAttribute"/> for the size of a group.</summary>
    /// <param name="kernel">A static method marked <see cref="GroupKernelAttribute"/>.</param>
    /// <param name="groups">Number of groups along each axis.</param>
    /// <param name="a">First argument, as in <see cref="Launch{TIndex, T1}"/>. The others likewise.</param>
    /// <exception cref="NotSupportedException">The device has no translation of this kernel, or cannot run it; the message says why.</exception>
    /// <exception cref="ArgumentException">A view lies on another device, or the method has no group size.</exception>
    public void LaunchGroups<T1>(Action<T1> kernel, Index3D groups, T1 a) => RunGroups(kernel, groups, () => kernel(a), Of(a));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2>(Action<T1, T2> kernel, Index3D groups, T1 a, T2 b) => RunGroups(kernel, groups, () => kernel(a, b), Of(a), Of(b));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3>(Action<T1, T2, T3> kernel, Index3D groups, T1 a, T2 b, T3 c) => RunGroups(kernel, groups, () => kernel(a, b, c), Of(a), Of(b), Of(c));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4>(Action<T1, T2, T3, T4> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d) => RunGroups(kernel, groups, () => kernel(a, b, c, d), Of(a), Of(b), Of(c), Of(d));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5>(
        Action<T1, T2, T3, T4, T5> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e), Of(a), Of(b), Of(c), Of(d), Of(e));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6>(
        Action<T1, T2, T3, T4, T5, T6> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7>(
        Action<T1, T2, T3, T4, T5, T6, T7> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k, l), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k, l, m), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m, T14 n) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k, l, m, n), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m), Of(n));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m, T14 n, T15 o) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m), Of(n), Of(o));

    /// <inheritdoc cref="LaunchGroups{T1}"/>
    public void LaunchGroups<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16>(
        Action<T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16> kernel, Index3D groups, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h, T9 i, T10 j, T11 k, T12 l, T13 m, T14 n, T15 o, T16 p) =>
        RunGroups(kernel, groups, () => kernel(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p), Of(a), Of(b), Of(c), Of(d), Of(e), Of(f), Of(g), Of(h), Of(i), Of(j), Of(k), Of(l), Of(m), Of(n), Of(o), Of(p));

    private static KernelArgument<T> Of<T>(T value) => new(value);
}
