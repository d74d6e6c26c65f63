using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator;

/// <content>Statements and declarations.</content>
internal sealed partial class BodyScanner
{
    /// <summary>Checks a statement; null where the operation is none.</summary>
    private bool? VisitStatement(IOperation operation)
    {
        switch (operation)
        {
            case IMethodBodyOperation or IConstructorBodyOperation or IBlockOperation or IExpressionStatementOperation or IEmptyOperation:
            case IVariableDeclarationGroupOperation or IVariableDeclarationOperation or ISymbolInitializerOperation:
            case ISwitchOperation or ISwitchCaseOperation or ICaseClauseOperation or ILabeledOperation:
            case IReturnOperation { Kind: OperationKind.Return } or IForLoopOperation or IWhileLoopOperation:
                return true;
            case IVariableDeclaratorOperation declarator:
                return CheckLocal(declarator.Symbol, operation);
            case IReturnOperation:
                return Refuse(operation, Diagnostics.Yield, "yield");
            case IBranchOperation branch:
                return branch.BranchKind != BranchKind.GoTo || Refuse(operation, Diagnostics.Goto, "goto");
            case IForEachLoopOperation loop:
                return RefuseStatement(operation, Diagnostics.Enumeration, "foreach", [loop.Body]);
            case ITryOperation attempt:
                return RefuseStatement(operation, Diagnostics.Exception, "try", [attempt.Body, .. attempt.Catches.Select(c => c.Handler), attempt.Finally]);
            case ILockOperation section:
                return RefuseStatement(operation, Diagnostics.Lock, "lock", [section.Body]);
            case IUsingOperation scope:
                return RefuseStatement(operation, Diagnostics.Using, "using", [scope.Body]);
            case IUsingDeclarationOperation:
                return Refuse(operation, Diagnostics.Using, "using");
            case ILocalFunctionOperation function:
                return VisitLocalFunction(function);
            default:
                return null;
        }
    }

    /// <summary>Refuses a statement for what it does, and scans the blocks in it, which are code like any other.</summary>
    private bool RefuseStatement(IOperation operation, DiagnosticDescriptor descriptor, string detail, IEnumerable<IOperation?> blocks)
    {
        foreach (IOperation? block in blocks)
        {
            if (block is not null)
                _open.Push(block);
        }

        return Refuse(operation, descriptor, detail);
    }

    /// <summary>A local function is a helper like any other, unless it captures. Its body is scanned when it is called.</summary>
    private bool VisitLocalFunction(ILocalFunctionOperation function)
    {
        ISymbol? captured = function.Descendants().Select(d => CapturedBy(function.Symbol, d)).FirstOrDefault(c => c is not null);
        if (captured is not null)
            Refuse(function, Diagnostics.Delegate, $"the local function '{function.Symbol.Name}', which captures '{captured.Name}'");
        return false;
    }

    private static ISymbol? CapturedBy(IMethodSymbol function, IOperation operation)
    {
        ISymbol? used = operation switch
        {
            ILocalReferenceOperation { ConstantValue.HasValue: false } local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } instance => instance.Type,
            _ => null,
        };
        for (ISymbol? owner = used is ITypeSymbol ? null : used?.ContainingSymbol; owner is not null; owner = owner.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(owner, function))
                return null;
        }

        return used;
    }

    /// <summary>
    /// <c>stackalloc</c>. The compiler's operation tree has no kind for it, so its length is read from the syntax;
    /// with an initialiser the length is constant by itself.
    /// </summary>
    private bool VisitStackAlloc(IOperation operation)
    {
        ExpressionSyntax? length = operation.Syntax is StackAllocArrayCreationExpressionSyntax { Type: ArrayTypeSyntax array }
            ? array.RankSpecifiers.FirstOrDefault()?.Sizes.FirstOrDefault()
            : null;
        bool constant = length is null or OmittedArraySizeExpressionSyntax || operation.SemanticModel?.GetConstantValue(length).HasValue == true;
        if (!constant)
            return Refuse(operation, Diagnostics.LocalLength, $"'{Excerpt(operation)}', whose length is not constant");
        return !IsInLoop(operation) || Refuse(operation, Diagnostics.LocalInLoop, $"'{Excerpt(operation)}'");
    }

    private static bool IsInLoop(IOperation operation)
    {
        for (IOperation child = operation; child.Parent is { } parent && child is not ILocalFunctionOperation; child = parent)
        {
            // The first clause of a for loop runs once, before the loop.
            if (parent is ILoopOperation && !(parent is IForLoopOperation loop && loop.Before.Contains(child)))
                return true;
        }

        return false;
    }
}
