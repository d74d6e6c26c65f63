using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>
/// Loops. Where a condition or step needs statements of its own, the loop becomes <c>for (;;)</c> with those statements at the top of its
/// body, because only there <c>continue</c> comes by.
/// </content>
internal sealed partial class FunctionTranslator
{
    private void While(IWhileLoopOperation loop)
    {
        if (loop.Condition is not { } test)
            throw Refuse(loop);
        Value condition = default;
        CodeBuffer before = Capture(() => condition = Condition(test, loop.ConditionIsUntil));
        if (loop.ConditionIsTop)
        {
            _code.Line(before.Count == 0 ? $"while ({condition.Text})" : "for (;;)");
            LoopBody(before.Count == 0 ? null : () => LeaveUnless(before, condition), loop.Body);
        }
        else if (before.Count == 0)
        {
            _code.Line("do");
            Body(loop.Body);
            _code.Line($"while ({condition.Text});");
        }
        else
        {
            string first = _names.Fresh("first");
            _code.Line($"for (bool {first} = true;; {first} = false)");
            LoopBody(() => UnlessFirst(first, () => LeaveUnless(before, condition)), loop.Body);
        }
    }

    private void For(IForLoopOperation loop)
    {
        CodeBuffer start = Capture(() => TranslateBody(loop.Before));
        string? head = HeadOf(loop.Before, start);
        if (head is null)
        {
            _code.Line("{");
            _code.Depth++;
            _code.Append(start);
        }

        Value condition = default;
        CodeBuffer before = Capture(() => condition = loop.Condition is { } test ? Condition(test, isUntil: false) : default);
        CodeBuffer steps = Capture(() =>
        {
            foreach (IOperation step in loop.AtLoopBottom)
                StepOfLoop(step, loop);
        });
        if (steps.AsExpression() is { } step)
        {
            string test = before.Count > 0 || loop.Condition is null ? string.Empty : " " + condition.Text;
            _code.Line($"for ({head};{test};{(step.Length == 0 ? string.Empty : " " + step)})");
            LoopBody(before.Count == 0 ? null : () => LeaveUnless(before, condition), loop.Body);
        }
        else
        {
            if (head is { Length: > 0 })
            {
                _code.Line("{");
                _code.Depth++;
                _code.Append(start);
            }

            string first = _names.Fresh("first");
            _code.Line($"for (bool {first} = true;; {first} = false)");
            LoopBody(
                () =>
                {
                    UnlessFirst(first, () => _code.Append(steps));
                    if (loop.Condition is not null)
                        LeaveUnless(before, condition);
                },
                loop.Body);
            if (head is { Length: > 0 })
            {
                _code.Depth--;
                _code.Line("}");
            }
        }

        if (head is null)
        {
            _code.Depth--;
            _code.Line("}");
        }
    }

    private Value Condition(IOperation operation, bool isUntil)
    {
        Value value = Translate(operation);
        return isUntil ? C.Unary("!", value) : value;
    }

    private void LoopBody(Action? top, IOperation body)
    {
        if (top is null)
        {
            Body(body);
            return;
        }

        _code.Line("{");
        _code.Depth++;
        top();
        BodyLines(body);
        _code.Depth--;
        _code.Line("}");
    }

    private void LeaveUnless(CodeBuffer before, Value condition)
    {
        _code.Append(before);
        _code.Line($"if ({C.Unary("!", condition).Text})");
        _code.Depth++;
        _code.Line("break;");
        _code.Depth--;
    }

    private void UnlessFirst(string first, Action statements)
    {
        _code.Line($"if (!{first})");
        _code.Line("{");
        _code.Depth++;
        statements();
        _code.Depth--;
        _code.Line("}");
    }

    /// <summary>The first clause of a for loop as C can write it there; null where it takes statements.</summary>
    private string? HeadOf(IReadOnlyList<IOperation> before, CodeBuffer start)
    {
        if (before.Count == 0)
            return string.Empty;
        if (start.AsExpression() is { } expression)
            return expression;
        if (before.Count != 1 || before[0] is not IVariableDeclarationGroupOperation group)
            return null;
        // One declaration of C can hold several variables of one type.
        IVariableDeclaratorOperation[] variables = [.. group.Declarations.SelectMany(d => d.Declarators)];
        string[] lines = start.Texts();
        string[] types = [.. variables.Select(v => LocalType(v.Symbol) + " ").Distinct()];
        return lines.Length == variables.Length && types.Length == 1 && lines.All(l => l.StartsWith(types[0], StringComparison.Ordinal) && l.EndsWith(";", StringComparison.Ordinal))
            ? types[0] + string.Join(", ", lines.Select(l => l.Substring(types[0].Length, l.Length - types[0].Length - 1)))
            : null;
    }

    private void StepOfLoop(IOperation step, IForLoopOperation loop)
    {
        if (step is IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation { OperatorMethod: null, Target: ILocalReferenceOperation counter } change }
            && CannotOverflow(counter.Local, change.Kind == OperationKind.Increment, loop))
        {
            _code.Expression(_names.Of(counter.Local) + (change.Kind == OperationKind.Increment ? "++" : "--"));
        }
        else
        {
            Statement(step);
        }
    }

    /// <summary>
    /// Whether a counter is stepped only after its bound has let it through: then it cannot pass the end of its type, which is undefined in C.
    /// </summary>
    private static bool CannotOverflow(ILocalSymbol counter, bool isUp, IForLoopOperation loop)
    {
        if (loop.Condition is not IBinaryOperation { OperatorMethod: null, LeftOperand: ILocalReferenceOperation left } test
            || !SymbolEqualityComparer.Default.Equals(left.Local, counter))
        {
            return false;
        }

        bool isBounded = test.OperatorKind switch
        {
            BinaryOperatorKind.LessThan => isUp,
            BinaryOperatorKind.GreaterThan => !isUp,
            BinaryOperatorKind.GreaterThanOrEqual => !isUp && test.RightOperand.ConstantValue is { HasValue: true, Value: >= 0 or >= 0L },
            _ => false,
        };
        return isBounded && loop.AtLoopBottom.Length == 1 && !loop.Body.DescendantsAndSelf().Any(o => Changes(o, counter));
    }

    private static bool Changes(IOperation operation, ILocalSymbol local)
    {
        IOperation? target = operation switch
        {
            IAssignmentOperation assignment => assignment.Target,
            IIncrementOrDecrementOperation step => step.Target,
            IArgumentOperation { Parameter.RefKind: not RefKind.None } argument => argument.Value,
            _ => null,
        };
        return target is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local);
    }
}
