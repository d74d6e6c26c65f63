namespace G3DR.Tests.Generator.Differential;

/// <summary>Places where C and C# differ, or where C leaves open what C# prescribes.</summary>
public class HandWrittenKernelTests
{
    private const string Helpers = """
        using System;
        using G3DR.Compute;

        enum Level : sbyte { Low = -128, Middle = 0, High = 127 }

        struct Counter
        {
            private int _count;
            public int Step;
            public Counter(int count, int step) { _count = count; Step = step; }
            public int Next { get { _count += Step; return _count; } }
            public int Add(int amount) { _count += amount; return _count; }
            public readonly int Peek() => _count;
            public int this[int index] { get => _count + index; set => _count = value * index; }
            public static Counter operator ++(Counter c) => new(c._count + 1, c.Step);
            public static Counter operator *(Counter a, int b) => new(a._count * b, a.Step - b);
            public static implicit operator Counter(int count) => new(count, 1);
            public static explicit operator int(Counter c) => c._count;
        }

        static class Ops
        {
            static ulong F(float x) => XMath.IsNaN(x) ? 1UL : BitConverter.SingleToUInt32Bits(x);
            static ulong D(double x) => XMath.IsNaN(x) ? 1UL : BitConverter.DoubleToUInt64Bits(x);
            static int Twice(ref int x) { x *= 2; return x; }
            static int Both(in int seen, ref int changed) { changed += 5; return seen; }
            static bool Split(long x, out int high, out uint low) { high = (int)(x >> 32); low = (uint)x; return high > low; }
            static int Optional(int a, int b = 7, int c = -3) => a * 100 + b * 10 + c;
            static bool Hit(ref int count, bool answer) { count++; return answer; }

            [Kernel]
            public static void K($PARAMETERS)
            {
                int a = xint[2 * i], b = xint[2 * i + 1], o = 64 * i;
                uint u = xuint[2 * i];
                long l = xlong[2 * i], m = xlong[2 * i + 1];
                ulong w = xulong[2 * i];
                float f = xfloat[2 * i], g = xfloat[2 * i + 1];
                double d = xdouble[2 * i];
                sbyte s = xsbyte[2 * i];
                byte y = xbyte[2 * i];
                short h = xshort[2 * i];
                ushort v = xushort[2 * i];
                bool p = xbool[2 * i], q = xbool[2 * i + 1];
                $BODY
            }
        }
        """;

    /// <summary>Bodies that write <c>results[o]</c> and the following.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        {
            "order of evaluation", """
            Span<int> t = stackalloc int[4];
            int k = 0;
            t[k++] = k;
            t[k] = k = 2;
            t[k++] += k++ * 10;
            t[k - 1] = t[k - 2] = t[--k] = k;
            results[o++] = (ulong)(t[0] + 100 * t[1] + 10000 * t[2] + 1000000 * t[3] + k);
            k = a;
            results[o++] = (ulong)(Twice(ref k) + k);
            results[o++] = (ulong)(k + Twice(ref k));
            results[o++] = (ulong)(k++ + k++ * ++k - k--);
            results[o++] = (ulong)(k += k += k++);
            results[o++] = (ulong)(k = (k = b) + (k = 3) * k);
            results[o++] = (ulong)Both(in k, ref k);
            results[o++] = (ulong)Both(k + 0, ref k);
            results[o++] = (ulong)Optional(c: k++, a: k++);
            results[o++] = (ulong)Optional(k, c: ++k, b: k++);
            k += Twice(ref k);
            results[o++] = (ulong)k;
            int z = k ^ (k = a) ^ k;
            results[o++] = (ulong)z;
            """
        },
        {
            "short circuits", """
            int n = 0;
            if (Hit(ref n, p) && Hit(ref n, q) || Hit(ref n, !p) && (n += 10) > 3)
                n += 100;
            results[o++] = (ulong)n;
            bool both = Hit(ref n, p) & Hit(ref n, q) | Hit(ref n, p) ^ (n & 1) == 0;
            results[o++] = (ulong)(both ? n : -n);
            results[o++] = (ulong)((p ? n++ : q ? ++n : (n = 7)) + n);
            results[o++] = (ulong)(p && (q = !q) ? (q ? n++ : n--) : n);
            p &= Hit(ref n, q) && Hit(ref n, false);
            p |= (n -= 2) > 4 || q;
            results[o++] = (ulong)(p ? n : ~n);
            """
        },
        {
            "loops whose conditions take statements", """
            int n = 0, k = 0;
            while (Hit(ref n, n < 12) && (k += 2) < 20)
            {
                if ((k & 2) == 0)
                    continue;
                for (int j = 0; (n += j) < 30 && j < 4; j++, k++)
                {
                    if (j == 1)
                        continue;
                    if (j == 3 && p)
                        break;
                    n++;
                }
            }

            results[o++] = (ulong)(1000 * n + k);
            do
            {
                if ((n++ & 1) == 0)
                    continue;
                n += 3;
            }
            while (Hit(ref k, k < 40) && n < 90);
            results[o++] = (ulong)(1000 * n + k);
            for (byte c = 250; c > 5; c += 3)
                n += c;
            for (sbyte c = 3; c >= 0; c--)
                n ^= c << k;
            for (uint c = uint.MaxValue - 2; c != 1; c++)
                n += (int)c;
            results[o++] = (ulong)n;
            for (int x = 0, x2 = a; x < 3; x++, x2 >>= 1)
            {
                switch (x2 & 3)
                {
                    case 1:
                        continue;
                    default:
                        n += x2;
                        if (q)
                            break;
                        n++;
                        break;
                    case 2:
                    case 3:
                        for (; ; )
                        {
                            if (n++ % 7 == 0)
                                break;
                        }

                        continue;
                }

                n += 5;
            }

            results[o++] = (ulong)n;
            """
        },
        {
            "narrowing", """
            results[o++] = (ulong)(sbyte)a ^ (byte)a;
            results[o++] = (ulong)(short)u ^ (ushort)l;
            results[o++] = (ulong)(int)l ^ (uint)l;
            results[o++] = (ulong)(int)w + (ulong)(sbyte)w + (ulong)(short)u;
            results[o++] = (ulong)(uint)s;
            results[o++] = (ulong)(ushort)s;
            y += 200;
            s -= 100;
            h *= 3;
            v <<= 5;
            s >>= 1;
            y >>>= 3;
            s >>>= 2;
            results[o++] = (ulong)(y + 1000 * s + 1000000 * h + v);
            y++;
            s--;
            --h;
            ++v;
            results[o++] = (ulong)y | (ulong)(long)s << 8 | (ulong)h << 24 | (ulong)v << 48;
            results[o++] = (ulong)(y = (byte)(s = (sbyte)(h = (short)(a * 3))));
            results[o++] = (ulong)(y - v) + (ulong)(s * h) + (ulong)(v * v);
            results[o++] = (ulong)~y + (ulong)-v;
            """
        },
        {
            "shifts", """
            results[o++] = (ulong)(a << b) ^ (ulong)(a >> b) << 3 ^ (ulong)(a >>> b);
            results[o++] = (ulong)(u << b) ^ (ulong)(u >> b) << 3 ^ (ulong)(u >>> b);
            results[o++] = (ulong)(l << b) ^ (ulong)(l >> b) << 3 ^ (ulong)(l >>> b);
            results[o++] = (w << b) ^ (w >> b) << 3 ^ (w >>> b);
            results[o++] = (ulong)(a << 33) ^ (ulong)(a >> -1) ^ (ulong)(l << 64) ^ (ulong)(l >> 65) ^ w >> -1;
            results[o++] = (ulong)(s << 30) ^ (ulong)(y << 31) ^ (ulong)(s >>> 4) ^ (ulong)(h >> 40);
            a <<= b;
            u >>= b;
            l >>>= b;
            w <<= s;
            results[o++] = (ulong)a ^ u ^ (ulong)l ^ w;
            """
        },
        {
            "fractions to integers", """
            results[o++] = (ulong)(sbyte)f ^ (ulong)(byte)f << 8 ^ (ulong)(ushort)f << 16 ^ (ulong)(short)f << 32;
            results[o++] = (ulong)(int)f ^ (ulong)(uint)f << 32;
            results[o++] = (ulong)(long)f;
            results[o++] = (ulong)f;
            results[o++] = (ulong)(sbyte)d ^ (ulong)(byte)d << 8 ^ (ulong)(ushort)d << 16 ^ (ulong)(short)d << 32;
            results[o++] = (ulong)(int)d ^ (ulong)(uint)d << 32;
            results[o++] = (ulong)(long)d;
            results[o++] = (ulong)d;
            results[o++] = (ulong)(Level)f + (ulong)(Level)a + (ulong)(int)(Level)l;
            y = (byte)(f * 0.5f);
            y += (byte)g;
            results[o++] = y;
            """
        },
        {
            "integers to fractions", """
            results[o++] = F(a) ^ F(u) << 32;
            results[o++] = F(l) ^ F(w) << 32;
            results[o++] = D(a) ^ D(u);
            results[o++] = D(l);
            results[o++] = D(w);
            results[o++] = F((float)d) ^ D(f);
            results[o++] = F((float)(double)l) ^ F((float)(double)w) << 32;
            results[o++] = F(s + f) ^ F(v * g) << 32;
            results[o++] = F(y / 3f) ^ F((h - u) / 7f) << 32;
            results[o++] = F(w * f) ^ D(w - d);
            """
        },
        {
            "extreme integers", """
            results[o++] = (ulong)(a + int.MinValue) ^ (ulong)(a - int.MinValue) ^ (ulong)(-2147483648 + b) ^ (ulong)(-a);
            results[o++] = (ulong)(l + long.MinValue) ^ (ulong)(l - long.MinValue) ^ (ulong)(-9223372036854775808 * m) ^ (ulong)(-l);
            results[o++] = (ulong)(a * b) ^ (ulong)(a * 65537 * b - b * -1);
            results[o++] = (ulong)(l * m + a * u);
            results[o++] = (ulong)(a / 7 + a % 7 - a / -3 * (a % -3));
            results[o++] = (ulong)(l / 7 + l % 7 - l / -3 * (l % -3));
            results[o++] = w / 10 + w % 10 + u / 3 + u % 3;
            results[o++] = (ulong)(XMath.Abs(a) + XMath.Min(a, b)) ^ (ulong)XMath.Abs(l) ^ (ulong)XMath.Clamp(l, -5L, m);
            a -= int.MaxValue;
            a *= b;
            a++;
            l -= a;
            l--;
            results[o++] = (ulong)a ^ (ulong)l;
            results[o++] = (ulong)(-(-a) - -b);
            """
        },
        {
            "signed and unsigned comparisons", """
            results[o++] = (a < u ? 1UL : 0) + (a > b ? 2UL : 0) + (l < u ? 4UL : 0) + (s < u ? 8UL : 0) + (-1 < u ? 16UL : 0);
            results[o++] = ((uint)a < u ? 1UL : 0) + ((ulong)l < w ? 2UL : 0) + (y < w ? 4UL : 0) + (u < w ? 8UL : 0) + ((int)u < a ? 16UL : 0);
            results[o++] = (s == a ? 1UL : 0) + ((byte)s == y ? 2UL : 0) + (h == v ? 4UL : 0) + (w == u ? 8UL : 0) + ((ulong)a == w ? 16UL : 0);
            results[o++] = (f < a ? 1UL : 0) + (u >= g ? 2UL : 0) + (w <= d ? 4UL : 0) + (f != f ? 8UL : 0) + (f == g ? 16UL : 0) + (!(f < g) ? 32UL : 0) + (d > f ? 64UL : 0);
            results[o++] = (ulong)(u - a) ^ (ulong)(u * s) ^ (ulong)(a & u) ^ (ulong)(s | u) ^ w ^ y;
            """
        },
        {
            "switches", """
            int n = 0;
            switch (a)
            {
                case int.MinValue:
                    n = 1;
                    break;
                default:
                    n = 2;
                    break;
                case -1:
                case 1:
                    n = 3;
                    break;
                case int.MaxValue when p:
                    n = 4;
                    break;
            }

            results[o++] = (ulong)n;
            switch (w)
            {
                case ulong.MaxValue: n += 10; break;
                case 1: n += 20; break;
                default: break;
                case 1UL << 63: n += 30; break;
            }

            switch (s)
            {
                case -128: n += 100; break;
                case 127 when Hit(ref n, q): n += 200; break;
                case 127: n += 300; break;
            }

            switch (f)
            {
                case float.NaN: n += 1000; break;
                case 0: n += 2000; break;
                default: n += 3000; break;
                case 1.5f: n += 4000; break;
            }

            switch (p)
            {
                case true: n += 10000; break;
                case false: n += 20000; break;
            }

            switch ((Level)s)
            {
                case Level.High: n += 100000; break;
                case Level.Low: n += 200000; break;
                default: int inner = n++; n += inner; break;
            }

            results[o++] = (ulong)n;
            results[o++] = (ulong)(n++ switch { 2 => n, 3 when (n += 5) > 100 => 1, 13 => n++, _ => -n } + n);
            results[o++] = (ulong)(l switch { long.MinValue => 1, -1 => 2, 1L << 32 => 3, _ => p switch { true => 4, false => 5 } });
            results[o++] = (ulong)(y is 255 && d is double.NaN ? 1 : v is 0 ? 2 : 3);
            """
        },
        {
            "structs", """
            Counter c = new(a, 3), e = c;
            results[o++] = (ulong)(c.Next + c.Next * c.Peek());
            results[o++] = (ulong)(c.Peek() - c.Next);
            results[o++] = (ulong)(e.Add(b) + e.Add(1) * e.Peek());
            results[o++] = (ulong)(int)(c++ * 3);
            results[o++] = (ulong)((int)++c + c.Peek());
            c[2] = 5;
            c[3] += c[1]++;
            results[o++] = (ulong)c.Peek();
            c *= 4;
            e = b;
            results[o++] = (ulong)(c.Peek() + e.Peek() + e.Step + c.Step++ * c.Step);
            Span<Counter> t = stackalloc Counter[2];
            int k = 0;
            results[o++] = (ulong)(t[k++].Add(7) + t[k--].Add(9) + t[k].Peek());
            t[k++].Step = k;
            t[k] = t[0];
            results[o++] = (ulong)(t[1].Step + t[1].Next + (t[1] * 2).Peek());
            results[o++] = (ulong)(Split(l, out int high, out uint low) ? high : (long)low);
            results[o++] = (ulong)(new Counter(a, 2) { Step = 9 }.Next + default(Counter).Add(4) + (p ? c : e).Next + c.Peek());
            """
        },
        {
            "initialised arrays", """
            Span<bool> answers = stackalloc bool[] { false, true, (p), (true), !q };
            for (int k = 0; k < 5; k++)
                results[o++] = answers[k] ? 1UL : 2UL;
            Span<sbyte> small = stackalloc sbyte[4] { -128, (127), ((s)), (sbyte)(y + 1) };
            Span<ulong> large = stackalloc[] { ulong.MaxValue, (w), unchecked(w * 3), y };
            Span<double> fractions = stackalloc double[] { (f), a, (1.5f), l };
            for (int k = 0; k < 4; k++)
                results[o++] = (ulong)small[k] ^ large[k] ^ D(fractions[k]);
            """
        },
        {
            "local functions and names of C", """
            int kernel = a, global = b, uint4 = 3, get_global_id = 4, register = 5, NAN = 6, self = 7, t = 8, t2 = 9;
            static int Double(int restrict) => restrict + restrict;
            {
                int inner = kernel++ + kernel;
                t += inner;
            }

            {
                long inner = (t2 = Double(t)) + t2;
                t2 += (int)inner;
            }

            results[o++] = (ulong)(kernel + global + uint4 + get_global_id + register + NAN + self + t + t2);
            results[o++] = (ulong)Double(Double(kernel) + (kernel += 3));
            """
        },
        {
            "rounding functions", """
            results[o++] = F(XMath.Round(f)) ^ F(XMath.Floor(f)) << 32;
            results[o++] = F(XMath.Ceiling(f)) ^ F(XMath.Abs(f)) << 32;
            results[o++] = F(XMath.Min(f, g)) ^ F(XMath.Max(f, g)) << 32;
            results[o++] = F(XMath.Sqrt(f)) ^ F(XMath.FusedMultiplyAdd(f, g, f)) << 32;
            results[o++] = F(f / g) ^ F(f * g - f) << 32;
            results[o++] = F(f % g) ^ F(-f) << 32;
            results[o++] = D(XMath.Round(d)) ^ D(XMath.Sqrt(d)) ^ D(XMath.Min(d, f)) ^ D(d / 3) ^ D(d % 1.7);
            results[o++] = F(XMath.Clamp(f, -1f, 1f)) ^ (XMath.IsInfinity(f) ? 1UL : 0) ^ (XMath.IsNaN(g) ? 2UL : 0);
            results[o++] = F(XMath.Exp(f)) ^ F(XMath.Tanh(g)) << 32;
            results[o++] = F(XMath.Sin(f)) ^ F(XMath.Log(g)) << 32;
            f++;
            d -= 1;
            g /= f;
            results[o++] = F(f) ^ D(d) ^ F(g) << 32;
            """
        },
    };

    [SkippableTheory]
    [MemberData(nameof(Bodies))]
    public void Kernels_compute_the_same_bits(string subject, string body)
    {
        Assert.NotEmpty(subject);
        using DifferentialRun run = DifferentialRun.OpenOrSkip();
        string source = Helpers.Replace("$PARAMETERS", KernelInputs.Parameters, StringComparison.Ordinal).Replace("$BODY", body, StringComparison.Ordinal);
        string? difference = run.FindDifference(source);
        Assert.True(difference is null, $"{difference}\n{body}");
    }
}
