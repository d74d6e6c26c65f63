using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Csv;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace G3DR.Bench;

/// <summary>How the rows are run and shown.</summary>
internal static class BenchConfig
{
    public static IConfig Create()
    {
        // In this process: a row is an object (workload, variant, vector width), and a fresh clone without a network needs no second build.
        Job job = Job.Default
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(30), logOutput: false))
            .WithWarmupCount(BenchOptions.Quick ? 1 : 3)
            .WithIterationCount(BenchOptions.Quick ? 3 : 9)
            .WithIterationTime(TimeInterval.FromMilliseconds(BenchOptions.Quick ? 20 : 100))
            .WithUnrollFactor(1);
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumn(RowColumn.All)
            .AddColumn(StatisticColumn.Mean, StatisticColumn.Error, StatisticColumn.StdDev)
            .AddColumn(new DeviceTimeColumn())
            .AddColumn(RateColumn.All)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub, CsvExporter.Default)
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(80))
            .WithOptions(ConfigOptions.JoinSummary);
    }
}
