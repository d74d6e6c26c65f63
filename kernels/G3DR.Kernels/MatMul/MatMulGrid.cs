namespace G3DR.Kernels.MatMul;

/// <summary>What a group kernel of a product must know beyond the shape. The groups' x counts tiles or dot products, y parts of the sums, z products.</summary>
/// <param name="Columns">Tiles next to each other, or lanes of a dot product.</param>
/// <param name="Depth">Terms of a part of a sum.</param>
/// <param name="Products">Products of the batch.</param>
/// <param name="FirstProduct">Product at z = 0.</param>
/// <param name="StepA">Elements between the matrices A of neighbouring products, where no offsets are given.</param>
/// <param name="StepB">The same for B.</param>
public readonly record struct MatMulGrid(int Columns, int Depth, int Products, int FirstProduct, long StepA, long StepB);
