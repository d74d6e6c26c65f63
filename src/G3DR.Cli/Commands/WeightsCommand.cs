using System.CommandLine;

namespace G3DR.Cli.Commands;

/// <summary>g3dr weights: looks into weights files, converts, compares and makes them.</summary>
internal static class WeightsCommand
{
    public static Command Create() => new("weights", "Look into weights files, convert, compare and check them, make untrained ones. Checkpoints are read without executing anything in them.")
    {
        WeightsInspectCommand.Create(),
        WeightsConvertCommand.Create(),
        WeightsDiffCommand.Create(),
        WeightsCheckCommand.Create(),
        WeightsNewCommand.Create(),
    };
}
