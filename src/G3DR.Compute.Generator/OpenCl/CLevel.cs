namespace G3DR.Compute.Generator.OpenCl;

/// <summary>How tightly an expression of C binds, loosest first.</summary>
internal enum CLevel
{
    Assignment,
    Conditional,
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Equality,
    Relation,
    Shift,
    Sum,
    Product,
    Unary,
    Primary,
}
