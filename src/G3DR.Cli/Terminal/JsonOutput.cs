using System.Text.Json;

namespace G3DR.Cli.Terminal;

/// <summary>How the command writes JSON.</summary>
internal static class JsonOutput
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
