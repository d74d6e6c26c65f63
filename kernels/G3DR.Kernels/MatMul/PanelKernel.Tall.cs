using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <content>Blocks of 14 and 12 rows: with 32 registers, 28 or 24 sums, two vectors of the panel and one value of A. The sums are named one by one because an array of them would live in memory.</content>
internal static unsafe partial class PanelKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run14<V>(in PanelProduct p, float* a, float* panel, float* c)
        where V : struct, ISimd<V>
    {
        long step = p.RowStep, twice = 2 * step, depthStep = p.DepthStep, stepC = p.RowStepC, ahead = p.Ahead;
        Start(p, c, out V s0Left, out V s0Right);
        Start(p, c + stepC, out V s1Left, out V s1Right);
        Start(p, c + (2 * stepC), out V s2Left, out V s2Right);
        Start(p, c + (3 * stepC), out V s3Left, out V s3Right);
        Start(p, c + (4 * stepC), out V s4Left, out V s4Right);
        Start(p, c + (5 * stepC), out V s5Left, out V s5Right);
        Start(p, c + (6 * stepC), out V s6Left, out V s6Right);
        Start(p, c + (7 * stepC), out V s7Left, out V s7Right);
        Start(p, c + (8 * stepC), out V s8Left, out V s8Right);
        Start(p, c + (9 * stepC), out V s9Left, out V s9Right);
        Start(p, c + (10 * stepC), out V s10Left, out V s10Right);
        Start(p, c + (11 * stepC), out V s11Left, out V s11Right);
        Start(p, c + (12 * stepC), out V s12Left, out V s12Right);
        Start(p, c + (13 * stepC), out V s13Left, out V s13Right);
        for (int segment = 0; segment < p.Segments; segment++)
        {
            float* a0 = a + p.Offsets[segment];
            float* a1 = a0 + (3 * step);
            float* a2 = a1 + (3 * step);
            float* a3 = a2 + (3 * step);
            float* a4 = a3 + (3 * step);
            float* end = a0 + (p.Depth * depthStep);
            while (a0 < end)
            {
                Fetch(panel + ahead);
                V left = V.Load(panel), right = V.Load(panel + V.Count), value;
                value = V.Create(*a0);
                s0Left = V.MultiplyAdd(value, left, s0Left);
                s0Right = V.MultiplyAdd(value, right, s0Right);
                value = V.Create(a0[step]);
                s1Left = V.MultiplyAdd(value, left, s1Left);
                s1Right = V.MultiplyAdd(value, right, s1Right);
                value = V.Create(a0[twice]);
                s2Left = V.MultiplyAdd(value, left, s2Left);
                s2Right = V.MultiplyAdd(value, right, s2Right);
                value = V.Create(*a1);
                s3Left = V.MultiplyAdd(value, left, s3Left);
                s3Right = V.MultiplyAdd(value, right, s3Right);
                value = V.Create(a1[step]);
                s4Left = V.MultiplyAdd(value, left, s4Left);
                s4Right = V.MultiplyAdd(value, right, s4Right);
                value = V.Create(a1[twice]);
                s5Left = V.MultiplyAdd(value, left, s5Left);
                s5Right = V.MultiplyAdd(value, right, s5Right);
                value = V.Create(*a2);
                s6Left = V.MultiplyAdd(value, left, s6Left);
                s6Right = V.MultiplyAdd(value, right, s6Right);
                value = V.Create(a2[step]);
                s7Left = V.MultiplyAdd(value, left, s7Left);
                s7Right = V.MultiplyAdd(value, right, s7Right);
                value = V.Create(a2[twice]);
                s8Left = V.MultiplyAdd(value, left, s8Left);
                s8Right = V.MultiplyAdd(value, right, s8Right);
                value = V.Create(*a3);
                s9Left = V.MultiplyAdd(value, left, s9Left);
                s9Right = V.MultiplyAdd(value, right, s9Right);
                value = V.Create(a3[step]);
                s10Left = V.MultiplyAdd(value, left, s10Left);
                s10Right = V.MultiplyAdd(value, right, s10Right);
                value = V.Create(a3[twice]);
                s11Left = V.MultiplyAdd(value, left, s11Left);
                s11Right = V.MultiplyAdd(value, right, s11Right);
                value = V.Create(*a4);
                s12Left = V.MultiplyAdd(value, left, s12Left);
                s12Right = V.MultiplyAdd(value, right, s12Right);
                value = V.Create(a4[step]);
                s13Left = V.MultiplyAdd(value, left, s13Left);
                s13Right = V.MultiplyAdd(value, right, s13Right);
                a0 += depthStep;
                a1 += depthStep;
                a2 += depthStep;
                a3 += depthStep;
                a4 += depthStep;
                panel += 2 * V.Count;
            }
        }

        Store(c, s0Left, s0Right);
        Store(c + stepC, s1Left, s1Right);
        Store(c + (2 * stepC), s2Left, s2Right);
        Store(c + (3 * stepC), s3Left, s3Right);
        Store(c + (4 * stepC), s4Left, s4Right);
        Store(c + (5 * stepC), s5Left, s5Right);
        Store(c + (6 * stepC), s6Left, s6Right);
        Store(c + (7 * stepC), s7Left, s7Right);
        Store(c + (8 * stepC), s8Left, s8Right);
        Store(c + (9 * stepC), s9Left, s9Right);
        Store(c + (10 * stepC), s10Left, s10Right);
        Store(c + (11 * stepC), s11Left, s11Right);
        Store(c + (12 * stepC), s12Left, s12Right);
        Store(c + (13 * stepC), s13Left, s13Right);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run12<V>(in PanelProduct p, float* a, float* panel, float* c)
        where V : struct, ISimd<V>
    {
        long step = p.RowStep, twice = 2 * step, depthStep = p.DepthStep, stepC = p.RowStepC, ahead = p.Ahead;
        Start(p, c, out V s0Left, out V s0Right);
        Start(p, c + stepC, out V s1Left, out V s1Right);
        Start(p, c + (2 * stepC), out V s2Left, out V s2Right);
        Start(p, c + (3 * stepC), out V s3Left, out V s3Right);
        Start(p, c + (4 * stepC), out V s4Left, out V s4Right);
        Start(p, c + (5 * stepC), out V s5Left, out V s5Right);
        Start(p, c + (6 * stepC), out V s6Left, out V s6Right);
        Start(p, c + (7 * stepC), out V s7Left, out V s7Right);
        Start(p, c + (8 * stepC), out V s8Left, out V s8Right);
        Start(p, c + (9 * stepC), out V s9Left, out V s9Right);
        Start(p, c + (10 * stepC), out V s10Left, out V s10Right);
        Start(p, c + (11 * stepC), out V s11Left, out V s11Right);
        for (int segment = 0; segment < p.Segments; segment++)
        {
            float* a0 = a + p.Offsets[segment];
            float* a1 = a0 + (3 * step);
            float* a2 = a1 + (3 * step);
            float* a3 = a2 + (3 * step);
            float* end = a0 + (p.Depth * depthStep);
            while (a0 < end)
            {
                Fetch(panel + ahead);
                V left = V.Load(panel), right = V.Load(panel + V.Count), value;
                value = V.Create(*a0);
                s0Left = V.MultiplyAdd(value, left, s0Left);
                s0Right = V.MultiplyAdd(value, right, s0Right);
                value = V.Create(a0[step]);
                s1Left = V.MultiplyAdd(value, left, s1Left);
                s1Right = V.MultiplyAdd(value, right, s1Right);
                value = V.Create(a0[twice]);
                s2Left = V.MultiplyAdd(value, left, s2Left);
                s2Right = V.MultiplyAdd(value, right, s2Right);
                value = V.Create(*a1);
                s3Left = V.MultiplyAdd(value, left, s3Left);
                s3Right = V.MultiplyAdd(value, right, s3Right);
                value = V.Create(a1[step]);
                s4Left = V.MultiplyAdd(value, left, s4Left);
                s4Right = V.MultiplyAdd(value, right, s4Right);
                value = V.Create(a1[twice]);
                s5Left = V.MultiplyAdd(value, left, s5Left);
                s5Right = V.MultiplyAdd(value, right, s5Right);
                value = V.Create(*a2);
                s6Left = V.MultiplyAdd(value, left, s6Left);
                s6Right = V.MultiplyAdd(value, right, s6Right);
                value = V.Create(a2[step]);
                s7Left = V.MultiplyAdd(value, left, s7Left);
                s7Right = V.MultiplyAdd(value, right, s7Right);
                value = V.Create(a2[twice]);
                s8Left = V.MultiplyAdd(value, left, s8Left);
                s8Right = V.MultiplyAdd(value, right, s8Right);
                value = V.Create(*a3);
                s9Left = V.MultiplyAdd(value, left, s9Left);
                s9Right = V.MultiplyAdd(value, right, s9Right);
                value = V.Create(a3[step]);
                s10Left = V.MultiplyAdd(value, left, s10Left);
                s10Right = V.MultiplyAdd(value, right, s10Right);
                value = V.Create(a3[twice]);
                s11Left = V.MultiplyAdd(value, left, s11Left);
                s11Right = V.MultiplyAdd(value, right, s11Right);
                a0 += depthStep;
                a1 += depthStep;
                a2 += depthStep;
                a3 += depthStep;
                panel += 2 * V.Count;
            }
        }

        Store(c, s0Left, s0Right);
        Store(c + stepC, s1Left, s1Right);
        Store(c + (2 * stepC), s2Left, s2Right);
        Store(c + (3 * stepC), s3Left, s3Right);
        Store(c + (4 * stepC), s4Left, s4Right);
        Store(c + (5 * stepC), s5Left, s5Right);
        Store(c + (6 * stepC), s6Left, s6Right);
        Store(c + (7 * stepC), s7Left, s7Right);
        Store(c + (8 * stepC), s8Left, s8Right);
        Store(c + (9 * stepC), s9Left, s9Right);
        Store(c + (10 * stepC), s10Left, s10Right);
        Store(c + (11 * stepC), s11Left, s11Right);
    }
}
