namespace G3DR.Compute.Generator.OpenCl;

/// <summary>Expressions of C put together from expressions of C.</summary>
internal static class C
{
    internal static Value Binary(Value left, string symbol, Value right, CLevel level) =>
        Value.Over($"{left.At(level)} {symbol} {right.At(level + 1)}", level, left, right);

    internal static Value Unary(string symbol, Value operand)
    {
        // Two minus signs in a row are a decrement.
        string text = operand.At(CLevel.Unary);
        return Value.Over(symbol + (text[0] == symbol[symbol.Length - 1] ? "(" + text + ")" : text), CLevel.Unary, operand);
    }

    internal static Value Cast(string type, Value operand) => Value.Over($"({type}){operand.At(CLevel.Unary)}", CLevel.Unary, operand);

    internal static Value Call(string function, params Value[] arguments) =>
        Value.Over($"{function}({string.Join(", ", arguments.Select(a => a.Text))})", CLevel.Primary, arguments);

    /// <summary>A struct made of its fields.</summary>
    internal static Value Compound(string type, params Value[] fields) =>
        Value.Over($"({type}){{ {string.Join(", ", fields.Select(f => f.Text))} }}", CLevel.Primary, fields);

    internal static Value Conditional(Value condition, Value whenTrue, Value whenFalse) => Value.Over(
        $"{condition.At(CLevel.Or)} ? {whenTrue.At(CLevel.Conditional)} : {whenFalse.At(CLevel.Conditional)}",
        CLevel.Conditional, condition, whenTrue, whenFalse).In(whenTrue.Space);

    internal static Value Member(Value value, string name) =>
        value.With(IsDereference(value) ? $"{value.Text.Substring(1)}->{name}" : $"{value.At(CLevel.Primary)}.{name}", CLevel.Primary);

    internal static Value AddressOf(Value place) => IsDereference(place)
        ? place.With(place.Text.Substring(1), CLevel.Primary)
        : place.With("&" + place.At(CLevel.Unary), CLevel.Unary);

    /// <summary>Whether a text can stand in several places of an expression without making it hard to read.</summary>
    internal static bool IsShort(Value value) => value.Text.All(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-' or '>');

    private static bool IsDereference(Value value) => value.Level == CLevel.Unary && value.Text[0] == '*';
}
