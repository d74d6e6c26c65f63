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
if (BenchmarkRow.Selected.Count == 0)
{
    Console.Error.WriteLine("No row matches the options. Try: --help-rows");
    return 2;
}

// A class without rows would be an error.
Type[] types =
[
    .. BenchmarkRow.Selected.Select(row => row.Device.IsProcessor ? typeof(Kernels) : typeof(DeviceKernels)).Distinct(),
];
IEnumerable<Summary> summaries = BenchmarkSwitcher.FromTypes(types).Run(remaining, BenchConfig.Create());
return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
