using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>The order of evaluation.</content>
internal sealed partial class FunctionTranslator
{
    private readonly HashSet<ISymbol> _changed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _addressed = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, Space> _spaces = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _ownArrays = new(SymbolEqualityComparer.Default);
    private bool _selfChanges;
    private IReadOnlyList<IOperation> _bodyOperations = [];

    /// <summary>Notes which variables ever change after their declaration; all others can be read at any time.</summary>
    private void Prepare(IReadOnlyList<IOperation> body)
    {
        _bodyOperations = body;
        if (!_method.IsStatic)
            _names.Fresh("self");
        foreach (IParameterSymbol parameter in _method.Parameters)
        {
            _names.Of(parameter);
            if (_shape.Parameters.Count > parameter.Ordinal && _shape.Parameters[parameter.Ordinal] is { } space)
                _spaces[parameter] = space;
        }

        foreach (IOperation operation in body.SelectMany(b => b.DescendantsAndSelf()))
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator:
                    _names.Of(declarator.Symbol);
                    break;
                case IAssignmentOperation assignment:
                    NoteChange(assignment.Target);
                    break;
                case IIncrementOrDecrementOperation step:
                    NoteChange(step.Target);
                    break;
                case IArgumentOperation { Parameter.RefKind: not RefKind.None } argument:
                    NoteAddress(argument.Value);
                    if (argument.Parameter.RefKind is RefKind.Ref or RefKind.Out)
                        NoteChange(argument.Value);
                    break;
                case IInvocationOperation { Instance: { } instance, TargetMethod.IsReadOnly: false }:
                    NoteChange(instance);
                    break;
                case IPropertyReferenceOperation { Instance: { } instance, Property: { GetMethod.IsReadOnly: false } property }
                    when !_shared.Symbols.IsRuntimeType(property.ContainingType) && !AutoProperties.IsStored(property):
                    NoteChange(instance);
                    break;
            }
        }
    }

    private void NoteAddress(IOperation target)
    {
        ISymbol? variable = target switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local } => local.Local,
            _ => null,
        };
        if (variable is not null)
            _addressed.Add(variable);
    }

    private void NoteChange(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                _changed.Add(local.Local);
                break;
            case IParameterReferenceOperation parameter:
                _changed.Add(parameter.Parameter);
                break;
            case IInstanceReferenceOperation:
                _selfChanges = true;
                break;
            case IFieldReferenceOperation { Instance: { } instance }:
                NoteChange(instance);
                break;
            case IPropertyReferenceOperation { Instance: { } instance } when IsStoredInStruct(instance):
                NoteChange(instance);
                break;
            case IDeclarationExpressionOperation declaration:
                NoteChange(declaration.Expression);
                break;
        }
    }

    // An element of a view or span is memory; the variable that holds the view does not change with it.
    private bool IsStoredInStruct(IOperation instance) =>
        instance.Type is { } type && _shared.Symbols.ViewRank(type) == 0 && !_shared.Symbols.IsSpan(type);

    /// <summary>Runs a translation with an empty buffer and returns the statements that it made.</summary>
    private CodeBuffer Capture(Action translate)
    {
        CodeBuffer outer = _code;
        var captured = new CodeBuffer();
        _code = captured;
        try
        {
            translate();
        }
        finally
        {
            _code = outer;
        }

        return captured;
    }

    /// <summary>
    /// Evaluates parts from left to right. A part is kept in a variable where a later one changes what it may have read, or where its own
    /// effect has to come before what a later one reads.
    /// </summary>
    private Value[] Sequence(IReadOnlyList<Part> parts)
    {
        var values = new Value[parts.Count];
        var statements = new CodeBuffer[parts.Count];
        for (int i = 0; i < parts.Count; i++)
            statements[i] = Capture(() => values[i] = parts[i].Translate());
        for (int i = 0; i < parts.Count; i++)
        {
            _code.Append(statements[i]);
            bool laterActs = false, laterReads = false;
            for (int later = i + 1; later < parts.Count; later++)
            {
                laterActs |= statements[later].Count > 0 || values[later].HasEffect;
                laterReads |= !values[later].IsStable;
            }

            bool mustKeep = values[i].HasEffect ? laterActs || laterReads || parts[i].IsRepeated : laterActs && !values[i].IsStable;
            if (mustKeep || (parts[i].IsRepeated && !C.IsShort(values[i])))
                values[i] = Keep(values[i], parts[i].TypeText(values[i]));
        }

        return values;
    }

    private Value[] Evaluate(Operand[] operands)
    {
        Value[] values = Sequence([.. operands.SelectMany(o => o.Parts)]);
        var results = new Value[operands.Length];
        int next = 0;
        for (int i = 0; i < operands.Length; i++)
        {
            int count = operands[i].Parts.Count;
            results[i] = operands[i].Compose(values.AsSpan(next, count).ToArray());
            next += count;
        }

        return results;
    }

    /// <summary>Stores a value in a new variable that never changes.</summary>
    private Value Keep(Value value, string type, string name = "t")
    {
        string variable = _names.Fresh(name);
        _code.Line($"{type} {variable} = {value.Text};");
        return new Value(variable, CLevel.Primary, isStable: true, space: value.Space, isOwn: value.IsOwn);
    }

    private Value KeepUnlessStable(Value value, ITypeSymbol type) => value.IsStable ? value : Keep(value, Variable(type, ViewSpace(value)));

    private Part PartOf(IOperation operation, bool isRepeated = false) =>
        new(() => Translate(operation), value => Variable(TypeOf(operation), ViewSpace(value)), isRepeated);

    private Operand OperandOf(IOperation operation) => Operand.Of(PartOf(operation));

    private static Space ViewSpace(Value value) => value.Space == Space.Local ? Space.Local : Space.Global;
}
