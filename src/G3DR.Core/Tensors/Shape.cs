using System.Collections;
using System.Runtime.CompilerServices;

namespace G3DR.Core.Tensors;

/// <summary>Lengths of a tensor's axes, outermost first. The empty shape is that of a scalar.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    /// <summary>Most axes a tensor can have.</summary>
    public const int MaxRank = 8;

    private readonly int[]? _sizes;

    /// <summary>A shape from its lengths.</summary>
    /// <exception cref="ArgumentException">A length is negative, there are more than <see cref="MaxRank"/> axes, or the product exceeds 2^62.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MaxRank)
        {
            throw new ArgumentException($"A tensor has at most {MaxRank} axes, got {sizes.Length}.");
        }

        Int128 length = 1;
        foreach (int size in sizes)
        {
            if (size < 0)
            {
                throw new ArgumentException($"Lengths of axes must not be negative, got ({string.Join(", ", sizes.ToArray())}).");
            }

            length *= size;
        }

        if (length > 1L << 62)
        {
            throw new ArgumentException($"A tensor of shape ({string.Join(", ", sizes.ToArray())}) has more elements than can be counted.");
        }

        _sizes = sizes.ToArray();
    }

    /// <summary>Number of axes.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>Number of elements.</summary>
    public long Length
    {
        get
        {
            long length = 1;
            foreach (int size in AsSpan())
            {
                length *= size;
            }

            return length;
        }
    }

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>Length of an axis; <c>^1</c> is the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[Index axis] => this[axis.GetOffset(Rank)];

    /// <summary>Length of an axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => (uint)axis < (uint)Rank
        ? _sizes![axis]
        : throw new ArgumentOutOfRangeException(nameof(axis), $"Shape {this} has no axis {axis}.");

    /// <summary>A shape from its lengths, for collection expressions.</summary>
    public static Shape Create(ReadOnlySpan<int> sizes) => new(sizes);

    /// <summary>An array of lengths as a shape.</summary>
    public static implicit operator Shape(int[] sizes) => new(sizes);

    /// <summary>Same lengths.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Different lengths.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The lengths.</summary>
    public ReadOnlySpan<int> AsSpan() => _sizes;

    /// <summary>A copy of the lengths.</summary>
    public int[] ToArray() => AsSpan().ToArray();

    /// <summary>The number of an axis counted from the front; negative numbers count from the end.</summary>
    /// <param name="axis">-Rank to Rank - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int ResolveAxis(int axis)
    {
        if (axis < -Rank || axis >= Rank)
        {
            throw new ArgumentOutOfRangeException(nameof(axis), $"Shape {this} has no axis {axis}; it needs to be in {-Rank} .. {Rank - 1}.");
        }

        return axis < 0 ? axis + Rank : axis;
    }

    /// <summary>Elements to step to the neighbour along each axis of a dense row-major tensor.</summary>
    public long[] DenseStrides()
    {
        long[] strides = new long[Rank];
        long step = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= this[axis];
        }

        return strides;
    }

    /// <summary>The shape that two operands have together by NumPy's rules.</summary>
    /// <param name="left">Shape of one operand.</param>
    /// <param name="right">Shape of the other.</param>
    /// <param name="operation">Name for the message.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Shape Broadcast(Shape left, Shape right, string operation)
    {
        int rank = Math.Max(left.Rank, right.Rank);
        Span<int> sizes = stackalloc int[MaxRank];
        for (int i = 1; i <= rank; i++)
        {
            int a = i <= left.Rank ? left[^i] : 1, b = i <= right.Rank ? right[^i] : 1;
            if (a != b && a != 1 && b != 1)
            {
                throw new ArgumentException(
                    $"{operation}: shapes {left} and {right} do not fit; counted from the last axis, lengths must be equal or one of them 1.");
            }

            sizes[rank - i] = a == 1 ? b : a;
        }

        return new(sizes[..rank]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int size in AsSpan())
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>For example <c>(2, 3, 64, 64)</c>, or <c>()</c> for a scalar.</summary>
    public override string ToString() => $"({string.Join(", ", ToArray())})";

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_sizes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
