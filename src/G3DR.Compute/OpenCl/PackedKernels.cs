using System.Text;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// Puts programs together from the parts that kernels share. Generated modules keep all their texts in the data section of the assembly, so
/// that hundreds of kernels cost neither memory nor start-up time until one of them is asked for.
/// </summary>
public static class PackedKernels
{
    private const string Head = "#pragma OPENCL FP_CONTRACT OFF\n", DoubleHead = "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n";

    /// <summary>Looks a kernel up and assembles its program.</summary>
    /// <param name="key">Key of the kernel.</param>
    /// <param name="kernels">One line for each kernel: its key, a tab, the name of its function, a tab and <c>d</c> if it uses double precision.</param>
    /// <param name="units">Texts of all parts, one after another.</param>
    /// <param name="unitEnds">Where each text ends.</param>
    /// <param name="programs">Numbers of the parts of each kernel in the order of the program.</param>
    /// <param name="programEnds">Where the numbers of each kernel end.</param>
    /// <returns>The program, or null where no kernel has this key.</returns>
    public static KernelProgram? Find(
        string key,
        ReadOnlySpan<byte> kernels,
        ReadOnlySpan<byte> units,
        ReadOnlySpan<int> unitEnds,
        ReadOnlySpan<int> programs,
        ReadOnlySpan<int> programEnds)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(key + "\t");
        int number = 0;
        foreach (Range range in kernels.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = kernels[range];
            if (line.StartsWith(wanted))
            {
                string[] columns = Encoding.UTF8.GetString(line[wanted.Length..]).Split('\t');
                int first = number == 0 ? 0 : programEnds[number - 1];
                bool usesDouble = columns[1] == "d";
                return new(Assemble(usesDouble, units, unitEnds, programs[first..programEnds[number]]), columns[0], usesDouble);
            }

            number++;
        }

        return null;
    }

    private static string Assemble(bool usesDouble, ReadOnlySpan<byte> units, ReadOnlySpan<int> unitEnds, ReadOnlySpan<int> program)
    {
        var source = new StringBuilder(Head);
        if (usesDouble)
        {
            source.Append(DoubleHead);
        }

        foreach (int unit in program)
        {
            int start = unit == 0 ? 0 : unitEnds[unit - 1];
            source.Append('\n').Append(Encoding.UTF8.GetString(units[start..unitEnds[unit]]));
        }

        return source.ToString();
    }
}
