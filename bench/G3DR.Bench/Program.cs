using BenchmarkDotNet.Running;
using G3DR.Bench;

if (args.Contains("--help-rows"))
{
    Console.WriteLine(BenchOptions.Help);
    return;
}

// Rows are chosen before BenchmarkDotNet starts, since it asks the benchmark class for them.
string[] remaining = BenchOptions.Read(args);
BenchmarkSwitcher.FromTypes([typeof(Kernels)]).Run(remaining, BenchConfig.Create());
