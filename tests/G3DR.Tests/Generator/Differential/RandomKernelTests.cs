using FsCheck;
using FsCheck.Fluent;

namespace G3DR.Tests.Generator.Differential;

/// <summary>Kernels with random bodies compute the same bits as C# and as OpenCL.</summary>
public class RandomKernelTests
{
    /// <summary>Number of the first program. Others are tried by hand by changing it, and <see cref="Programs"/> for more of them.</summary>
    private const int FirstSeed = 1;

    private const int Programs = 3;

    [SkippableFact]
    public void Random_kernels_compute_the_same_bits()
    {
        using DifferentialRun run = DifferentialRun.OpenOrSkip();
        for (int seed = FirstSeed; seed < FirstSeed + Programs; seed++)
        {
            Arbitrary<RandomProgram> program = Arb.From(Gen.Constant(RandomProgram.Create(seed)), p => p.Smaller());
            Prop.ForAll(program, p =>
            {
                string? difference = run.FindDifference(p.ToString(), p.IsOriginal);
                return (difference is null).Label(difference ?? string.Empty);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1));
        }
    }
}
