using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Translates one method with given type arguments and address spaces. C# evaluates strictly from left to right and C in any order; an
/// expression is therefore translated to a text without side effects and to statements that come before it, and where a later operand needs
/// statements, what earlier operands have read is kept in variables first. Expressions without side effects stay as they are.
/// </summary>
internal sealed partial class FunctionTranslator
{
    private readonly Translator _shared;
    private readonly Unit _unit;
    private readonly Callee _callee;
    private readonly CallShape _shape;
    private readonly IMethodSymbol _method;
    private readonly VariableNames _names;
    private CodeBuffer _code = new();

    // Declarations that have to stand before the statement under translation: what it declares is visible after it.
    private List<string> _hoisted = [];

    internal FunctionTranslator(Translator shared, Unit unit, Callee callee, CallShape shape)
    {
        _shared = shared;
        _unit = unit;
        _callee = callee;
        _shape = shape;
        _method = MethodBodies.Definition(callee.Method);
        _names = new VariableNames(shared.Library);
    }

    private bool IsConstructor => _method.MethodKind == MethodKind.Constructor;

    /// <summary>Whether <c>this</c> is a pointer in C.</summary>
    private bool HasInstancePointer => _shape.Instance is not null;

    internal void TranslateFunction()
    {
        IReadOnlyList<IOperation> body = FindBody();
        Prepare(body);
        CodeBuffer text = Capture(() =>
        {
            if (IsConstructor)
                TranslateConstructor(body);
            else
                TranslateBody(body);
        });
        string parameters = string.Join(", ", InstanceParameter().Concat(_method.Parameters.Select(Parameter)));
        _unit.Text = $"{ResultType()} {_unit.Name}({(parameters.Length == 0 ? "void" : parameters)})\n{{\n{Indent(text)}}}\n";
    }

    private static string Indent(CodeBuffer text)
    {
        var indented = new CodeBuffer { Depth = 1 };
        indented.Append(text);
        return indented.ToString();
    }

    private string ResultType()
    {
        if (IsConstructor)
            return Variable(_callee.Method.ContainingType);
        return _method.ReturnsVoid ? "void" : Variable(Apply(_method.ReturnType), _unit.ResultSpace ?? Space.Global);
    }

    private IEnumerable<string> InstanceParameter()
    {
        if (_method.IsStatic || IsConstructor || _method.MethodKind == MethodKind.LocalFunction)
            return [];
        string type = Memory(_callee.Method.ContainingType);
        return [_shape.Instance is { } space ? $"{space.Qualifier()}{type}* self" : $"{type} self"];
    }

    private string Parameter(IParameterSymbol parameter)
    {
        string name = _names.Of(parameter);
        ITypeSymbol type = Apply(parameter.Type);
        Space? space = _shape.Parameters[parameter.Ordinal];
        return parameter.RefKind == RefKind.None
            ? $"{(_addressed.Contains(parameter) ? Memory(type, space ?? Space.Global) : Variable(type, space ?? Space.Global))} {name}"
            : $"{(space ?? Space.Private).Qualifier()}{Memory(type)}* {name}";
    }

    private void TranslateBody(IReadOnlyList<IOperation> body)
    {
        foreach (IOperation operation in body)
            Statement(operation);
    }

    /// <summary>The operations of the method's own body.</summary>
    private IReadOnlyList<IOperation> FindBody()
    {
        if (_method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_shared.Cancel) is not { } syntax)
            throw UntranslatableException.Reported();
        if (syntax is TypeDeclarationSyntax)
            return [];
        IOperation? operation = _shared.Bodies.ModelOf(syntax.SyntaxTree).GetOperation(syntax, _shared.Cancel);
        IOperation? block = operation switch
        {
            IMethodBodyOperation method => method.BlockBody ?? method.ExpressionBody,
            IConstructorBodyOperation constructor => constructor.BlockBody ?? constructor.ExpressionBody,
            ILocalFunctionOperation function => function.Body,
            _ => operation,
        };
        IReadOnlyList<IOperation> initializer = operation is IConstructorBodyOperation { Initializer: { } first } ? [first] : [];
        if (block is IBlockOperation statements)
            return [.. initializer, .. statements.Operations];
        throw block is null ? UntranslatableException.Reported() : Refuse(block);
    }

    private ITypeSymbol Apply(ITypeSymbol type) => _callee.Types.Apply(type);

    /// <summary>The type of an operation, without open type parameters.</summary>
    private ITypeSymbol TypeOf(IOperation operation) => Apply(operation.Type ?? throw Refuse(operation));

    private SpecialType ScalarOf(IOperation operation) => DeviceTypes.Underlying(TypeOf(operation)).SpecialType;

    private string Variable(ITypeSymbol type, Space space = Space.Global) => _shared.Types.Variable(type, space, _unit, SyntaxOfMethod());

    private string Memory(ITypeSymbol type, Space space = Space.Global) => _shared.Types.Memory(type, space, _unit, SyntaxOfMethod());

    private SyntaxNode? SyntaxOfMethod() => _method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_shared.Cancel);

    private Value Helper(Unit helper, params Value[] arguments)
    {
        _unit.Require(helper);
        return C.Call(helper.Name, arguments);
    }

    private static UntranslatableException Refuse(IOperation operation, string? reason = null)
    {
        // What does not compile is reported by the compiler.
        bool isInvalid = operation.Kind == OperationKind.Invalid || operation.Type?.TypeKind == TypeKind.Error;
        string text = operation.Syntax.ToString();
        int end = text.IndexOfAny(['\r', '\n']);
        string excerpt = end < 0 ? text : text.Substring(0, end) + "...";
        return isInvalid ? UntranslatableException.Reported() : UntranslatableException.At(operation.Syntax, $"'{excerpt}'" + (reason is null ? string.Empty : ", " + reason));
    }
}
