using System.Security.Cryptography;
using G3DR.Compute.OpenCl;
using G3DR.Tests.Support;

namespace G3DR.Tests.OpenCl;

public class ProgramCacheTests
{
    private static readonly byte[] s_binary = RandomNumberGenerator.GetBytes(1000);

    [Fact]
    public void What_was_written_is_read_by_another_process()
    {
        using var folder = new TemporaryFolder();
        byte[] key = Key(1);
        var writer = new ProgramCache(folder.Path);
        Assert.Null(writer.TryRead(key));
        writer.Write(key, s_binary);
        var reader = new ProgramCache(folder.Path);
        Assert.Equal(s_binary, reader.TryRead(key));
        Assert.Null(reader.TryRead(Key(2)));
        Assert.Equal((1, 1), (writer.Misses, writer.Written));
        Assert.Equal((1, 1, 0), (reader.Hits, reader.Misses, reader.Rejected));
        Assert.Null(reader.Problem);
        Assert.Single(Directory.EnumerateFiles(folder.Path, "*", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var cache = new ProgramCache(folder.Path);
        byte[] key = Key(1);
        cache.Write(key, s_binary.AsSpan(0, 20));
        string path = cache.PathOf(key)!;
        byte[] good = File.ReadAllBytes(path);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            File.WriteAllBytes(path, bad);
            Assert.Null(cache.TryRead(key));
        }

        Assert.Equal(good.Length, cache.Rejected);
        File.WriteAllBytes(path, good);
        Assert.NotNull(cache.TryRead(key));
    }

    [Fact]
    public void Files_of_any_other_length_are_refused()
    {
        using var folder = new TemporaryFolder();
        var cache = new ProgramCache(folder.Path);
        byte[] key = Key(1);
        cache.Write(key, s_binary.AsSpan(0, 20));
        string path = cache.PathOf(key)!;
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Null(cache.TryRead(key));
        }

        File.WriteAllBytes(path, [.. good, 0]);
        Assert.Null(cache.TryRead(key));
        Assert.Equal(0, cache.Hits);
    }

    [Fact]
    public void The_file_of_another_program_is_refused()
    {
        using var folder = new TemporaryFolder();
        var cache = new ProgramCache(folder.Path);
        cache.Write(Key(1), s_binary);
        File.Move(cache.PathOf(Key(1))!, cache.PathOf(Key(2))!);
        Assert.Null(cache.TryRead(Key(2)));
        Assert.Equal(1, cache.Rejected);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_reported_once_and_does_no_harm()
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathOf("file");
        File.WriteAllText(file, "in the way");
        var cache = new ProgramCache(Path.Combine(file, "cache"));
        Assert.Null(cache.TryRead(Key(1)));
        cache.Write(Key(1), s_binary);
        string? first = cache.Problem;
        Assert.Contains(file, first, StringComparison.Ordinal);
        cache.Write(Key(2), s_binary);
        Assert.Same(first, cache.Problem);
        Assert.Equal(0, cache.Written);
    }

    [Fact]
    public void An_empty_folder_name_means_no_cache()
    {
        var cache = new ProgramCache(string.Empty);
        cache.Write(Key(1), s_binary);
        Assert.Null(cache.TryRead(Key(1)));
        Assert.Null(cache.PathOf(Key(1)));
        Assert.Equal((0, 0, null), (cache.Written, cache.Misses, cache.Problem));
    }

    [Fact]
    public void Many_writers_and_readers_of_one_entry_never_see_half_of_it()
    {
        using var folder = new TemporaryFolder();
        byte[] key = Key(1);
        byte[] large = RandomNumberGenerator.GetBytes(200_000);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            // Each worker is a process of its own as far as the cache knows.
            var cache = new ProgramCache(folder.Path);
            for (int i = 0; i < 20; i++)
            {
                if (worker % 2 == 0)
                {
                    cache.Write(key, large);
                }
                else if (cache.TryRead(key) is { } read)
                {
                    Assert.Equal(large, read);
                }
            }

            Assert.Equal(0, cache.Rejected);
            Assert.Null(cache.Problem);
        });
        Assert.Equal(large, new ProgramCache(folder.Path).TryRead(key));
    }

    [Fact]
    public void The_oldest_files_make_room()
    {
        using var folder = new TemporaryFolder();
        var cache = new ProgramCache(folder.Path, sizeLimit: 3500);
        for (int i = 0; i < 3; i++)
        {
            cache.Write(Key(i), s_binary);
            File.SetLastWriteTimeUtc(cache.PathOf(Key(i))!, DateTime.UtcNow.AddMinutes(i - 10));
        }

        // Reading makes it the most recent.
        Assert.NotNull(cache.TryRead(Key(0)));
        cache.Write(Key(3), s_binary);
        Assert.NotNull(cache.TryRead(Key(0)));
        Assert.Null(cache.TryRead(Key(1)));
        Assert.NotNull(cache.TryRead(Key(2)));
        Assert.NotNull(cache.TryRead(Key(3)));
    }

    [Fact]
    public void What_an_interrupted_writer_left_is_removed_after_a_while()
    {
        using var folder = new TemporaryFolder();
        string old = folder.PathOf(".1.tmp"), recent = folder.PathOf(".2.tmp");
        File.WriteAllText(old, "half");
        File.WriteAllText(recent, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        new ProgramCache(folder.Path).Write(Key(1), s_binary);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(recent));
    }

    [SkippableFact]
    public void The_key_depends_on_all_that_the_binary_depends_on()
    {
        _ = OpenClTest.Library(out FoundDevice found);
        OpenClDevice device = found.Info;
        byte[][] keys =
        [
            ProgramCache.KeyOf("source", "options", device),
            ProgramCache.KeyOf("source ", "options", device),
            ProgramCache.KeyOf("sourceo", "ptions", device),
            ProgramCache.KeyOf("source", "options", device with { DriverVersion = "another" }),
            ProgramCache.KeyOf("source", "options", device with { DeviceName = "another" }),
            ProgramCache.KeyOf("source", "options", device with { PlatformName = "another" }),
            ProgramCache.KeyOf("source", "options", device with { PlatformVersion = "another" }),
        ];
        Assert.Equal(keys.Length, keys.Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(keys[0], ProgramCache.KeyOf("source", "options", device));
    }

    private static byte[] Key(int i) => SHA256.HashData(BitConverter.GetBytes(i));
}
