using System.Diagnostics;
using System.Globalization;
using G3DR.Core.Diagnostics;

namespace G3DR.Core.Imaging;

/// <summary>Writes MP4 videos (H.264) with the system's ffmpeg.</summary>
public static class Mp4Video
{
    /// <summary>Whether ffmpeg is on the search path.</summary>
    public static bool IsAvailable => ExternalPrograms.Find("ffmpeg") is not null;

    /// <summary>Writes a video beside its target and renames it, so that no half file is ever seen.</summary>
    /// <param name="path">The file to write, ending in <c>.mp4</c>.</param>
    /// <param name="frames">8-bit RGB pictures of one size.</param>
    /// <param name="framesPerSecond">Speed.</param>
    /// <param name="cancel">Stops ffmpeg and removes what it wrote.</param>
    /// <exception cref="NotSupportedException">ffmpeg is not on the search path.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">ffmpeg failed; the message is its last line.</exception>
    public static async Task SaveAsync(string path, IReadOnlyList<Image> frames, double framesPerSecond, CancellationToken cancel = default)
    {
        string ffmpeg = ExternalPrograms.Find("ffmpeg") ?? throw new NotSupportedException("ffmpeg is not on the search path; install it to write MP4.");
        ArgumentOutOfRangeException.ThrowIfZero(frames.Count, nameof(frames));
        Image first = frames[0];
        if (frames.Any(frame => frame.Width != first.Width || frame.Height != first.Height || frame.Channels != 3 || frame.BitDepth != 8))
        {
            throw new ArgumentException($"All frames of a video must be 8-bit RGB of {first.Width} x {first.Height} pixels.", nameof(frames));
        }

        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Cannot write '{path}': the folder '{folder}' does not exist.");
        }

        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.mp4");
        var start = new ProcessStartInfo(ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{first.Width}x{first.Height}",
            "-r", framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "pipe:0",

            // H.264 in 4:2:0 needs even sizes.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart", "-y", temporary,
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new IOException("ffmpeg did not start.");
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
            try
            {
                foreach (Image frame in frames)
                {
                    await process.StandardInput.BaseStream.WriteAsync(frame.Data8.ToArray(), cancel);
                }

                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // ffmpeg closed its input: its own message, read below, says why.
            }

            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                string last = (await errors).Trim().Split('\n')[^1];
                throw new IOException($"ffmpeg could not write '{path}': {last}");
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            File.Delete(temporary);
        }
    }
}
