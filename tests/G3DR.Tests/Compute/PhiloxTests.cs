using G3DR.Compute;

namespace G3DR.Tests.Compute;

/// <summary>Known answers of Philox 4x32-10 from the Random123 distribution (kat_vectors).</summary>
public class PhiloxTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Gives_the_known_answers(uint x, uint y, uint z, uint w, uint key0, uint key1, uint a, uint b, uint c, uint d)
    {
        Philox.Rounds(ref x, ref y, ref z, ref w, key0, key1);
        Assert.Equal([a, b, c, d], new[] { x, y, z, w });
    }

    [Fact]
    public void Words_of_a_stream_are_the_words_of_its_counters()
    {
        Assert.Equal(0x6627e8d5u, Philox.Word(seed: 0, stream: 0, index: 0));
        Assert.Equal(0x9b00dbd8u, Philox.Word(seed: 0, stream: 0, index: 3));
        Assert.NotEqual(Philox.Word(0, 0, 4), Philox.Word(0, 1, 4));
    }
}
