using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Arrays of one item and arrays that a group shares.</content>
internal sealed partial class FunctionTranslator
{
    private readonly List<string> _sharedArrays = [];

    /// <summary>The <c>stackalloc</c> of an expression that is nothing else; the compiler's tree has no kind for it.</summary>
    private static ExpressionSyntax? FindStackAlloc(IOperation operation)
    {
        IOperation inner = operation;
        while (inner is IConversionOperation conversion)
            inner = conversion.Operand;
        return inner.Kind == OperationKind.None && inner.Syntax is StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax
            ? (ExpressionSyntax)inner.Syntax
            : null;
    }

    private void DeclareArray(ILocalSymbol local, ExpressionSyntax syntax)
    {
        string name = _names.Of(local);
        (string data, int length) = AllocateData(syntax, Apply(ElementOf(local.Type, syntax)), name + "_data");
        _ownArrays.Add(local);
        _spaces[local] = Space.Private;
        _code.Line($"{Variable(Apply(local.Type))} {name} = {{ {data}, {length.ToString(CultureInfo.InvariantCulture)} }};");
    }

    /// <summary>An array as an argument or behind an assignment: its elements are declared before the statement.</summary>
    private Value AllocateArray(ExpressionSyntax syntax)
    {
        ITypeSymbol span = _shared.Bodies.ModelOf(syntax.SyntaxTree).GetTypeInfo(syntax, _shared.Cancel).ConvertedType ?? throw UntranslatableException.Reported();
        (string data, int length) = AllocateData(syntax, Apply(ElementOf(span, syntax)), _names.Fresh("array"), _hoisted);
        return C.Compound(Variable(Apply(span)), Value.Constant(data), Value.Constant(length.ToString(CultureInfo.InvariantCulture))).In(Space.Private, isOwn: true);
    }

    private static ITypeSymbol ElementOf(ITypeSymbol span, SyntaxNode syntax) => span is INamedTypeSymbol { TypeArguments: { Length: 1 } arguments }
        ? arguments[0]
        : throw UntranslatableException.At(syntax, $"'{syntax}', which is no span");

    // C# clears the array, which an initialiser of C does too.
    private (string Data, int Length) AllocateData(ExpressionSyntax syntax, ITypeSymbol element, string name, List<string>? declarations = null)
    {
        SemanticModel model = _shared.Bodies.ModelOf(syntax.SyntaxTree);
        (InitializerExpressionSyntax? initializer, ExpressionSyntax? size) = syntax switch
        {
            StackAllocArrayCreationExpressionSyntax { Type: ArrayTypeSyntax array } s => (s.Initializer, array.RankSpecifiers.FirstOrDefault()?.Sizes.FirstOrDefault()),
            ImplicitStackAllocArrayCreationExpressionSyntax s => (s.Initializer, null),
            _ => (null, null),
        };
        int length = initializer?.Expressions.Count ?? 0;
        if (size is not (null or OmittedArraySizeExpressionSyntax) && model.GetConstantValue(size, _shared.Cancel) is { HasValue: true, Value: int stated })
            length = stated;
        string type = Memory(element);
        string count = Math.Max(length, 1).ToString(CultureInfo.InvariantCulture);
        if (initializer is null)
        {
            string zero = _shared.Types.IsPlainStruct(element) ? "{ { 0 } }" : "{ 0 }";
            string declaration = $"{type} {name}[{count}] = {zero};";
            if (declarations is null)
                _code.Line(declaration);
            else
                declarations.Add(declaration);
            return (name, length);
        }

        IOperation[] values = [.. initializer.Expressions.Select(e => model.GetOperation(Unwrap(e), _shared.Cancel) ?? throw UntranslatableException.Reported())];
        Value[] elements = Sequence([.. values.Select(v => new Part(() => ConvertElement(v, element), _ => Variable(element)))]);
        _code.Line($"{type} {name}[{count}] = {{ {string.Join(", ", elements.Select(e => e.Text))} }};");
        return (name, length);
    }

    // Parentheses have no operation of their own.
    private static ExpressionSyntax Unwrap(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => Unwrap(parenthesized.Expression),
        CheckedExpressionSyntax unchecking => Unwrap(unchecking.Expression),
        _ => expression,
    };

    // The tree below an initialiser's element lacks the conversion to the type of the elements.
    private Value ConvertElement(IOperation value, ITypeSymbol element)
    {
        if (value.ConstantValue is { HasValue: true, Value: { } constant } && SubsetTypes.IsScalarOrEnum(element))
            return Constant(GenericMath.ConvertConstant(constant, DeviceTypes.Underlying(element).SpecialType), element);
        Value translated = Translate(value);
        return SubsetTypes.IsScalarOrEnum(element) ? ConvertScalar(translated, ScalarOf(value), DeviceTypes.Underlying(element).SpecialType) : translated;
    }

    private bool IsSharedAllocation(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "Allocate" } target } && _shared.Symbols.IsSharedMemory(target.ContainingType);

    private void DeclareShared(ILocalSymbol local, IInvocationOperation allocation)
    {
        if (!_shared.Symbols.IsGroupKernel(_method) || allocation.Arguments[0].Value.ConstantValue is not { HasValue: true, Value: int length } || length < 1)
            throw UntranslatableException.Reported();
        string name = _names.Of(local);
        string data = _names.Fresh(name + "_data");
        ITypeSymbol element = Apply(allocation.TargetMethod.TypeArguments[0]);
        string count = length.ToString(CultureInfo.InvariantCulture);
        _sharedArrays.Add($"__local {Memory(element)} {data}[{count}];");
        _spaces[local] = Space.Local;
        _code.Line($"{Variable(Apply(local.Type), Space.Local)} {name} = {{ {data}, {count} }};");
    }

    /// <summary>Where the view points to that a variable without initial value is given first.</summary>
    private Space SpaceOfFirstAssignment(ILocalSymbol local)
    {
        if (_shared.Symbols.ViewRank(Apply(local.Type)) == 0)
            return Space.Private;
        ISimpleAssignmentOperation? first = _bodyOperations.SelectMany(b => b.DescendantsAndSelf()).OfType<ISimpleAssignmentOperation>()
            .FirstOrDefault(a => a.Target is ILocalReferenceOperation target && SymbolEqualityComparer.Default.Equals(target.Local, local));
        if (first is null)
            return Space.Global;
        Space space = Space.Global;
        // Only the space is wanted; what the translation writes is dropped.
        Capture(() => space = ViewSpace(Translate(first.Value)));
        return space;
    }
}
