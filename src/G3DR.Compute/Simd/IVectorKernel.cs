namespace G3DR.Compute.Simd;

/// <summary>
/// A hand-written processor kernel, generic over the vector width. It is cut into shards by the size of the work, never by the number of
/// threads, and shards do not depend on each other: so results are the same for any number of threads.
/// </summary>
public interface IVectorKernel
{
    /// <summary>Does the work of one shard.</summary>
    /// <typeparam name="V">Vector type of the instruction set in use.</typeparam>
    /// <param name="shard">Number of the shard, from 0.</param>
    void Run<V>(int shard)
        where V : struct, ISimd<V>;
}
