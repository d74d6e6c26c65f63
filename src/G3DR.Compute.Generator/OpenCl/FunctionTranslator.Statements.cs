using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Statements, apart from loops and switches.</content>
internal sealed partial class FunctionTranslator
{
    private void Statement(IOperation operation)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        List<string> outer = _hoisted;
        _hoisted = [];
        CodeBuffer statement = Capture(() => StatementCore(operation));
        foreach (string declaration in _hoisted)
            _code.Line(declaration);
        _code.Append(statement);
        _hoisted = outer;
    }

    private void StatementCore(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation block:
                Block(block);
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
                    Declare(declarator);
                break;
            case IExpressionStatementOperation expression:
                ExpressionStatement(expression.Operation);
                break;
            case IConditionalOperation choice:
                If(choice);
                break;
            case IForLoopOperation loop:
                For(loop);
                break;
            case IWhileLoopOperation loop:
                While(loop);
                break;
            case ISwitchOperation choice:
                Switch(choice);
                break;
            case IReturnOperation { Kind: OperationKind.Return } result:
                Return(result);
                break;
            case IBranchOperation { BranchKind: BranchKind.Break }:
                _code.Line("break;");
                break;
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                _code.Line("continue;");
                break;
            case IEmptyOperation or ILocalFunctionOperation:
                break;
            default:
                throw Refuse(operation);
        }
    }

    private void Block(IBlockOperation block)
    {
        _code.Line("{");
        _code.Depth++;
        TranslateBody(block.Operations);
        _code.Depth--;
        _code.Line("}");
    }

    /// <summary>The body of an <c>if</c> or loop: one line without braces, more with them.</summary>
    private void Body(IOperation? operation)
    {
        CodeBuffer body = Capture(() => BodyLines(operation));
        bool isOneLine = body.Count == 1 && SingleStatement(operation) is IExpressionStatementOperation or IReturnOperation or IBranchOperation;
        if (!isOneLine)
            _code.Line("{");
        _code.Depth++;
        _code.Append(body);
        _code.Depth--;
        if (!isOneLine)
            _code.Line("}");
    }

    private void BodyLines(IOperation? operation)
    {
        if (operation is IBlockOperation block)
            TranslateBody(block.Operations);
        else if (operation is not null)
            Statement(operation);
    }

    private static IOperation? SingleStatement(IOperation? operation) =>
        operation is IBlockOperation block ? (block.Operations.Length == 1 ? block.Operations[0] : null) : operation;

    private void If(IConditionalOperation choice)
    {
        Value condition = Translate(choice.Condition);
        _code.Line($"if ({condition.Text})");
        Body(choice.WhenTrue);
        if (choice.WhenFalse is not { } otherwise)
            return;
        if (otherwise is IConditionalOperation)
        {
            AppendElse(Capture(() => Statement(otherwise)));
        }
        else
        {
            _code.Line("else");
            Body(otherwise);
        }
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        ILocalSymbol local = declarator.Symbol;
        if (local.IsConst)
            return;
        IOperation? initializer = (declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer)?.Value;
        if (initializer is not null && FindStackAlloc(initializer) is { } array)
        {
            DeclareArray(local, array);
            return;
        }

        if (initializer is not null && IsSharedAllocation(initializer))
        {
            DeclareShared(local, (IInvocationOperation)initializer);
            return;
        }

        Value? value = initializer is null ? null : Translate(initializer);
        _spaces[local] = value is { } known ? known.Space : SpaceOfFirstAssignment(local);
        string name = _hoistedLocals.Contains(local) ? _names.Of(local) : $"{LocalType(local)} {_names.Of(local)}";
        if (_hoistedLocals.Contains(local))
        {
            if (value is { } assigned)
                _code.Expression($"{name} = {assigned.Text}");
        }
        else
        {
            _code.Line(value is { } initial ? $"{name} = {initial.Text};" : name + ";");
        }
    }

    // A bool whose address is taken is a byte, like every bool in memory.
    private string LocalType(ILocalSymbol local)
    {
        ITypeSymbol type = Apply(local.Type);
        Space space = _spaces.TryGetValue(local, out Space known) && known == Space.Local ? Space.Local : Space.Global;
        return _addressed.Contains(local) ? Memory(type, space) : Variable(type, space);
    }

    private void ExpressionStatement(IOperation operation)
    {
        switch (operation)
        {
            case ISimpleAssignmentOperation assignment:
                Assign(assignment, isStatement: true);
                break;
            case ICompoundAssignmentOperation assignment:
                CompoundAssign(assignment, isStatement: true);
                break;
            case IIncrementOrDecrementOperation step:
                Step(step, isStatement: true);
                break;
            default:
                Value value = Translate(operation);
                if (value.HasEffect)
                    _code.Expression(value.Text);
                break;
        }
    }

    private void Return(IReturnOperation result)
    {
        if (result.ReturnedValue is null)
        {
            _code.Line(IsConstructor ? "return self;" : "return;");
            return;
        }

        Value value = Translate(result.ReturnedValue);
        if (_shared.Symbols.ViewRank(TypeOf(result.ReturnedValue)) > 0)
        {
            if (_unit.ResultSpace is { } known && known != ViewSpace(value))
                throw Refuse(result, "which returns shared memory here and device memory elsewhere");
            _unit.ResultSpace = ViewSpace(value);
        }

        if (value.IsOwn && _shared.Symbols.IsSpan(TypeOf(result.ReturnedValue)))
            throw Refuse(result, "which returns an array of the function itself");
        _code.Line($"return {value.Text};");
    }
}
