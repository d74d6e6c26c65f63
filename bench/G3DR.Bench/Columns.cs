using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using G3DR.Core.Diagnostics;

namespace G3DR.Bench;

/// <summary>What a row is: one column for each of its parts.</summary>
internal sealed class RowColumn(string name, Func<BenchmarkRow, string> value) : IColumn
{
    public static IColumn[] All { get; } =
    [
        new RowColumn("Op", row => row.Op), new RowColumn("Size", row => row.Size),
        new RowColumn("Variant", row => row.Variant), new RowColumn("Device", row => row.Device.Name), new RowColumn("Instructions", row => row.Instructions),
    ];

    public string Id => "Row." + name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Params;

    public int PriorityInCategory => 0;

    public bool IsNumeric => false;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => string.Empty;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => value(Of(benchmarkCase));

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    /// <summary>The row of a benchmark.</summary>
    public static BenchmarkRow Of(BenchmarkCase benchmarkCase) => (BenchmarkRow)benchmarkCase.Parameters[nameof(Kernels.Row)];
}

/// <summary>The time of a run by the clock of the OpenCL device: from the start of the first to the end of the last run of a batch, divided by their number.</summary>
internal sealed class DeviceTimeColumn : IColumn
{
    public string Id => "DeviceTime";

    public string ColumnName => "Device time";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Time;

    public string Legend => "Time of a run by the clock of the OpenCL device; the rates of its rows are computed from it";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => RowColumn.Of(benchmarkCase).DeviceSeconds is double seconds
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:N1} us")
        : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}

/// <summary>What a measured time amounts to.</summary>
internal sealed class RateColumn(string name, string legend, Func<KernelRate, string> value) : IColumn
{
    public static IColumn[] All { get; } =
    [
        new RateColumn("GFLOP/s", "Operations of the definition of the workload per second", rate => Number(rate.GigaflopsPerSecond)),
        new RateColumn("GB/s", "Bytes that a run must at least read and write, per second", rate => Number(rate.GigabytesPerSecond)),
        new RateColumn(
            "Of peak",
            "The larger share of the measured peaks of arithmetic and of memory (copy) of the device, for this vector width; data in caches can exceed 100 %",
            rate => string.Create(CultureInfo.InvariantCulture, $"{rate.PeakShare * 100:F0} % {(rate.LimitedByMemory ? "memory" : "arithmetic")}")),
    ];

    public string Id => "Rate." + name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        BenchmarkRow row = RowColumn.Of(benchmarkCase);
        return summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? value(KernelRate.Of(row.Flops, row.Bytes, row.DeviceSeconds ?? (statistics.Mean / 1e9), row.Device.Peak))
            : "NA";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
