using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Choices by constants.</content>
internal sealed partial class FunctionTranslator
{
    private readonly HashSet<ISymbol> _hoistedLocals = new(SymbolEqualityComparer.Default);

    private void Switch(ISwitchOperation choice)
    {
        HoistSharedLocals(choice);
        bool isPlain = choice.Cases.SelectMany(c => c.Clauses).All(c => IsPlainClause(c, choice.Value));
        Value value = Translate(choice.Value);
        string[][] labels;
        if (isPlain)
        {
            _code.Line($"switch ({value.Text})");
            labels = [.. choice.Cases.Select(c => c.Clauses.Select(LabelOf).ToArray())];
        }
        else
        {
            // Other constants and guards: the sections are numbered, and C chooses by number.
            _code.Line($"switch ({NumberOfSection(choice, KeepUnlessStable(value, TypeOf(choice.Value)))})");
            labels = [.. choice.Cases.Select((c, i) => new[] { $"case {i}:" })];
        }

        _code.Line("{");
        _code.Depth++;
        for (int i = 0; i < choice.Cases.Length; i++)
        {
            foreach (string label in labels[i])
                _code.Line(label);
            _code.Line("{");
            _code.Depth++;
            TranslateBody(choice.Cases[i].Body);
            _code.Depth--;
            _code.Line("}");
        }

        _code.Depth--;
        _code.Line("}");
    }

    // All sections of a switch are one scope in C#; in C each has its own.
    private void HoistSharedLocals(ISwitchOperation choice)
    {
        foreach (ILocalSymbol local in choice.Locals.Where(l => !l.IsConst))
        {
            int sections = choice.Cases.Count(c => c.Descendants().Any(d =>
                (d is ILocalReferenceOperation use && SymbolEqualityComparer.Default.Equals(use.Local, local))
                || (d is IVariableDeclaratorOperation own && SymbolEqualityComparer.Default.Equals(own.Symbol, local))));
            if (sections > 1)
            {
                _spaces[local] = SpaceOfFirstAssignment(local);
                HoistLocal(local);
            }
        }
    }

    private void HoistLocal(ILocalSymbol local)
    {
        if (_hoistedLocals.Add(local))
            _hoisted.Add($"{LocalType(local)} {_names.Hoist(local)};");
    }

    private bool IsPlainClause(ICaseClauseOperation clause, IOperation value)
    {
        if (ScalarOf(value) is SpecialType.System_Single or SpecialType.System_Double)
            return false;
        return clause is IDefaultCaseClauseOperation or ISingleValueCaseClauseOperation or IPatternCaseClauseOperation { Guard: null };
    }

    private string LabelOf(ICaseClauseOperation clause) => ConstantOf(clause) is { } constant ? $"case {Translate(constant).Text}:" : "default:";

    private static IOperation? ConstantOf(ICaseClauseOperation clause) => clause switch
    {
        ISingleValueCaseClauseOperation single => single.Value,
        IPatternCaseClauseOperation { Pattern: IConstantPatternOperation constant } => constant.Value,
        IPatternCaseClauseOperation { Pattern: IDiscardPatternOperation } or IDefaultCaseClauseOperation => null,
        _ => throw Refuse(clause),
    };

    private string NumberOfSection(ISwitchOperation choice, Value value)
    {
        string number = _names.Fresh("section");
        int last = -1;
        var tests = new List<(ICaseClauseOperation Clause, int Section)>();
        for (int i = 0; i < choice.Cases.Length; i++)
        {
            foreach (ICaseClauseOperation clause in choice.Cases[i].Clauses)
            {
                if (clause is IDefaultCaseClauseOperation)
                    last = i;
                else
                    tests.Add((clause, i));
            }
        }

        _code.Line($"int {number} = {last};");
        Choose(tests, 0);
        return number;

        void Choose(List<(ICaseClauseOperation Clause, int Section)> rest, int at)
        {
            if (at == rest.Count)
                return;
            (ICaseClauseOperation clause, int section) = rest[at];
            Value test = ClauseTest(clause, value);
            _code.Line($"if ({test.Text})");
            _code.Depth++;
            _code.Expression($"{number} = {section}");
            _code.Depth--;
            CodeBuffer others = Capture(() => Choose(rest, at + 1));
            AppendElse(others);
        }
    }

    private void AppendElse(CodeBuffer others)
    {
        if (others.Count == 0)
            return;
        if (others.FirstLine.StartsWith("if (", StringComparison.Ordinal))
        {
            _code.AppendAfter("else ", others);
            return;
        }

        _code.Line("else");
        _code.Line("{");
        _code.Depth++;
        _code.Append(others);
        _code.Depth--;
        _code.Line("}");
    }

    private Value ClauseTest(ICaseClauseOperation clause, Value value)
    {
        Value test = ConstantOf(clause) is { } constant ? EqualsConstant(value, constant) : Value.Constant("true");
        return clause is IPatternCaseClauseOperation { Guard: { } guard } ? ShortCircuit(test, guard, isAnd: true) : test;
    }

    /// <summary>The comparison of a constant pattern. Unlike <c>==</c> it finds NaN.</summary>
    private Value EqualsConstant(Value value, IOperation constant)
    {
        bool isNaN = constant.ConstantValue.Value is float.NaN or double.NaN;
        return isNaN ? C.Call("isnan", value) : C.Binary(value, "==", Translate(constant), CLevel.Equality);
    }

    private Value SwitchExpression(ISwitchExpressionOperation choice)
    {
        ITypeSymbol type = TypeOf(choice);
        Value value = Translate(choice.Value);
        if (choice.Arms.Length > 1)
            value = KeepUnlessSimple(value, choice.Value);
        return Arm(choice, 0, value, type);
    }

    private Value KeepUnlessSimple(Value value, IOperation operation) =>
        C.IsShort(value) && value.IsStable ? value : Keep(value, Variable(TypeOf(operation)));

    private Value Arm(ISwitchExpressionOperation choice, int number, Value value, ITypeSymbol type)
    {
        ISwitchExpressionArmOperation arm = choice.Arms[number];
        bool isLast = number == choice.Arms.Length - 1;
        Value? test = arm.Pattern switch
        {
            IConstantPatternOperation constant => EqualsConstant(value, constant.Value),
            IDiscardPatternOperation => null,
            _ => throw Refuse(arm.Pattern),
        };
        if (arm.Guard is { } guard)
            test = test is { } known ? ShortCircuit(known, guard, isAnd: true) : Translate(guard);
        // The analyzer lets only switches pass that cover every value: what reaches the last arm belongs to it.
        if (test is not { } condition || isLast)
            return Translate(arm.Value);
        return Choice(condition, type, () => Translate(arm.Value), () => Arm(choice, number + 1, value, type), arm);
    }
}
