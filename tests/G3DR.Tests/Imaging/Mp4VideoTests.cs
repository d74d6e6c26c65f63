using G3DR.Core.Imaging;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

public class Mp4VideoTests
{
    private static Image[] Frames => [.. Enumerable.Range(0, 8).Select(i => Image.FromFloat([.. Enumerable.Range(0, 31 * 17 * 3).Select(k => ((k + (i * 5)) % 97) / 96f)], 31, 17, 3))];

    [SkippableFact]
    public async Task A_video_of_odd_size_is_written_whole()
    {
        Skip.IfNot(Mp4Video.IsAvailable, "ffmpeg is not on the search path.");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "video.mp4");
        await Mp4Video.SaveAsync(path, Frames, 20);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        Assert.Equal("ftyp", System.Text.Encoding.ASCII.GetString(bytes, 4, 4));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [SkippableFact]
    public async Task What_ffmpeg_cannot_write_is_told_and_leaves_nothing()
    {
        Skip.IfNot(Mp4Video.IsAvailable, "ffmpeg is not on the search path.");
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => Mp4Video.SaveAsync(Path.Combine(folder.Path, "missing", "video.mp4"), Frames, 20));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Mp4Video.SaveAsync(Path.Combine(folder.Path, "video.mp4"), Frames, 20, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Frames_of_different_sizes_are_refused()
    {
        Type expected = Mp4Video.IsAvailable ? typeof(ArgumentException) : typeof(NotSupportedException);
        await Assert.ThrowsAsync(expected, () => Mp4Video.SaveAsync("never.mp4", [new Image(4, 4, 3), new Image(4, 5, 3)], 20));
    }
}
