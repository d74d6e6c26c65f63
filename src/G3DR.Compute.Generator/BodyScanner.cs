using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator;

/// <summary>
/// Walks the operations of one method. The subset is a list of what is allowed: an operation kind that no rule knows is refused,
/// so a language version yet to come cannot slip through. Below a refused expression nothing more is reported, for it has one cause.
/// </summary>
internal sealed partial class BodyScanner
{
    private readonly KernelSymbols _symbols;
    private readonly SubsetTypes _types;
    private readonly IMethodSymbol _method;
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();
    private readonly ImmutableArray<CallSite>.Builder _calls = ImmutableArray.CreateBuilder<CallSite>();
    private readonly ImmutableArray<Finding>.Builder _groupUses = ImmutableArray.CreateBuilder<Finding>();
    private readonly Stack<IOperation> _open = new();

    internal BodyScanner(KernelSymbols symbols, SubsetTypes types, IMethodSymbol method)
    {
        _symbols = symbols;
        _types = types;
        _method = method;
    }

    internal void Add(Finding finding) => _findings.Add(finding);

    internal MethodSummary ToSummary() => new(_findings.ToImmutable(), _groupUses.ToImmutable(), _calls.ToImmutable());

    /// <summary>Scans a body. The walk keeps its own stack: source can nest expressions deeper than a thread's stack.</summary>
    internal void Scan(IOperation body)
    {
        // A static local function is a helper of its own: its body is scanned here only when it is itself the root.
        _open.Push(body is ILocalFunctionOperation { Body: { } block } ? block : body);
        while (_open.Count > 0)
        {
            IOperation operation = _open.Pop();
            if (!Visit(operation))
                continue;
            foreach (IOperation child in operation.ChildOperations)
                _open.Push(child);
        }
    }

    /// <summary>Checks one operation by itself; returns whether its children are to be looked at.</summary>
    private bool Visit(IOperation operation)
    {
        // What does not compile is reported by the compiler. What the compiler computes itself never reaches a device.
        if (operation.Kind == OperationKind.Invalid || (operation.ConstantValue.HasValue && SubsetTypes.IsScalarOrEnum(operation.Type)))
            return false;
        return VisitStatement(operation) ?? VisitExpression(operation);
    }

    private bool VisitExpression(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation:
                // Their types were checked where they are declared.
                return true;
            case IArgumentOperation or IMemberInitializerOperation or IDiscardOperation:
                return true;
            case IObjectOrCollectionInitializerOperation initializer:
                return initializer.Type is not { IsReferenceType: true };
            case IDeclarationExpressionOperation declaration:
                return declaration.Expression is not ILocalReferenceOperation { Local: var local } || CheckLocal(local, operation);
            case ISimpleAssignmentOperation assignment:
                return !assignment.IsRef || Refuse(operation, Diagnostics.RefVariable, "a ref assignment");
            case IConditionalOperation { IsRef: true }:
                return Refuse(operation, Diagnostics.RefVariable, "a conditional ref expression");
            case ILiteralOperation or IDefaultValueOperation or ISizeOfOperation or IConditionalOperation:
                return CheckType(operation);
            case ISwitchExpressionOperation choice:
                return choice.IsExhaustive
                    ? CheckType(operation)
                    : Refuse(operation, Diagnostics.Exception, "a switch expression without a '_' arm, which throws for other values");
            case ISwitchExpressionArmOperation or IIsPatternOperation or IConstantPatternOperation or IDiscardPatternOperation:
                return true;
            case IPatternOperation or IIsTypeOperation:
                return Refuse(operation, Diagnostics.PatternMatching, $"the pattern '{Excerpt(operation)}'");
            case IUnaryOperation or IBinaryOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation:
                return VisitArithmetic(operation);
            case IConversionOperation conversion:
                return VisitConversion(conversion);
            case IInvocationOperation invocation:
                return VisitInvocation(invocation);
            case IPropertyReferenceOperation property:
                return VisitProperty(property);
            case IFieldReferenceOperation field:
                return VisitField(field);
            case IObjectCreationOperation creation:
                return VisitCreation(creation);
            default:
                return VisitOther(operation);
        }
    }

    /// <summary>The constructs that are outside the subset whatever their operands are.</summary>
    private bool VisitOther(IOperation operation)
    {
        switch (operation)
        {
            case IArrayCreationOperation or ICollectionExpressionOperation:
                return Refuse(operation, Diagnostics.ManagedArray, $"the array '{Excerpt(operation)}'");
            case IAnonymousFunctionOperation or IDelegateCreationOperation or IMethodReferenceOperation or IEventReferenceOperation or IEventAssignmentOperation:
                return Refuse(operation, Diagnostics.Delegate, $"the delegate '{Excerpt(operation)}'");
            case IInterpolatedStringOperation or IUtf8StringOperation or INameOfOperation:
                return Refuse(operation, Diagnostics.Text, $"the string '{Excerpt(operation)}'");
            case IThrowOperation:
                return Refuse(operation, Diagnostics.Exception, "throw");
            case IAwaitOperation:
                return Refuse(operation, Diagnostics.Async, "await");
            case ITranslatedQueryOperation:
                return Refuse(operation, Diagnostics.Enumeration, "a LINQ query");
            case IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation or IDynamicObjectCreationOperation:
            case IArrayElementReferenceOperation:
                // Refused with their operand, which is dynamic or an array.
                return true;
            case IAnonymousObjectCreationOperation or ITypeParameterObjectCreationOperation:
                return Refuse(operation, Diagnostics.ObjectCreation, $"'{Excerpt(operation)}'");
            case IFunctionPointerInvocationOperation or IAddressOfOperation:
                return Refuse(operation, Diagnostics.Pointer, $"the pointer expression '{Excerpt(operation)}'");
            case { Kind: OperationKind.None, Syntax: StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax }:
                return VisitStackAlloc(operation);
            case { Kind: OperationKind.None } when IsPointerSyntax(operation.Syntax):
                return Refuse(operation, Diagnostics.Pointer, $"the pointer expression '{Excerpt(operation)}'");
            default:
                return Refuse(operation, Diagnostics.UnsupportedConstruct, $"'{Excerpt(operation)}'");
        }
    }

    private static bool IsPointerSyntax(SyntaxNode syntax) => syntax switch
    {
        FixedStatementSyntax => true,
        PrefixUnaryExpressionSyntax prefix => prefix.IsKind(SyntaxKind.PointerIndirectionExpression) || prefix.IsKind(SyntaxKind.AddressOfExpression),
        MemberAccessExpressionSyntax member => member.IsKind(SyntaxKind.PointerMemberAccessExpression),
        ElementAccessExpressionSyntax => true,
        _ => false,
    };

    private bool CheckType(IOperation operation) =>
        operation.Type is not { } type || _types.Check(type) is not { } problem || Refuse(operation, problem.Descriptor, problem.Detail);

    private bool CheckLocal(ILocalSymbol local, IOperation declaration)
    {
        if (local.RefKind != RefKind.None)
            return Refuse(declaration, Diagnostics.RefVariable, $"the ref local '{local.Name}'");
        return _types.Check(local.Type) is not { } problem || Refuse(declaration, problem.Descriptor, problem.Detail);
    }

    /// <summary>Notes a finding; returns false, so that a rule can end with it.</summary>
    private bool Refuse(IOperation operation, DiagnosticDescriptor descriptor, string detail)
    {
        _findings.Add(new Finding(descriptor, LocationOf(operation.Syntax), detail));
        return false;
    }

    /// <summary>An expression is marked whole; a statement by its first word, or an editor would underline its whole block.</summary>
    private static Location LocationOf(SyntaxNode syntax) => syntax switch
    {
        LocalFunctionStatementSyntax function => function.Identifier.GetLocation(),
        VariableDeclaratorSyntax variable => variable.Identifier.GetLocation(),
        ExpressionStatementSyntax statement => statement.GetLocation(),
        StatementSyntax statement => statement.GetFirstToken().GetLocation(),
        _ => syntax.GetLocation(),
    };

    /// <summary>The source text of an operation, short enough for a message.</summary>
    private static string Excerpt(IOperation operation)
    {
        const int longest = 40;
        string text = operation.Syntax.ToString();
        int end = text.IndexOfAny(['\r', '\n']);
        string line = end < 0 ? text : text.Substring(0, end);
        return line.Length == text.Length && line.Length <= longest ? line : line.Substring(0, System.Math.Min(line.Length, longest)) + "...";
    }
}
