using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using G3DR.Bench;

if (args.Contains("--help-rows"))
{
    Console.WriteLine(BenchOptions.Help);
    return 0;
}

// Rows are chosen before BenchmarkDotNet starts, since it asks the benchmark class for them.
string[] remaining = BenchOptions.Read(args);
IEnumerable<Summary> summaries = BenchmarkSwitcher.FromTypes([typeof(Kernels)]).Run(remaining, BenchConfig.Create());
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
