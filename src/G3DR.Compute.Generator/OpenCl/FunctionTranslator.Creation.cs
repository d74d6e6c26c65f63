using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Structs: how they are made.</content>
internal sealed partial class FunctionTranslator
{
    private Value Create(IObjectCreationOperation operation)
    {
        Value created = Construct(operation);
        if (operation.Initializer is not { } initializer)
            return created;
        string name = _names.Fresh("t");
        _code.Line($"{Memory(TypeOf(operation))} {name} = {created.Text};");
        Fill(initializer, new Value(name, CLevel.Primary));
        return new Value(name, CLevel.Primary, isStable: true);
    }

    private void Fill(IObjectOrCollectionInitializerOperation initializer, Value receiver)
    {
        Value? outer = _receiver;
        _receiver = receiver;
        foreach (IOperation member in initializer.Initializers)
        {
            switch (member)
            {
                case ISimpleAssignmentOperation assignment:
                    Assign(assignment, isStatement: true);
                    break;
                case IMemberInitializerOperation { InitializedMember: { } inner } nested:
                    Place place = PlaceOf(inner) ?? throw Refuse(inner);
                    Fill(nested.Initializer, place.Compose(Sequence(place.Parts)));
                    break;
                default:
                    throw Refuse(member);
            }
        }

        _receiver = outer;
    }

    private Value Construct(IObjectCreationOperation operation)
    {
        ITypeSymbol type = TypeOf(operation);
        if (operation.Constructor is not { } constructor || (constructor.IsImplicitlyDeclared && constructor.Parameters.IsEmpty))
            return Default(type);
        if (_shared.Symbols.ViewRank(type) > 0)
            return ShapedView(operation, type);
        if (_shared.Symbols.IsIndex(type) || OnlyStoresItsParameters((INamedTypeSymbol)type, constructor))
        {
            Value[] fields = InOrderOfParameters(operation.Arguments);
            return _shared.Types.IsPlainStruct(type) ? C.Compound(Variable(type), fields) : fields[0];
        }

        IMethodSymbol constructed = ((INamedTypeSymbol)type).InstanceConstructors
            .First(c => SymbolEqualityComparer.Default.Equals(c.OriginalDefinition, constructor.OriginalDefinition));
        return Call(operation, Callees.Of(constructed), instance: null, Arguments(operation.Arguments));
    }

    /// <summary>Whether a record's constructor puts each parameter into the field of the same place and does nothing else.</summary>
    private bool OnlyStoresItsParameters(INamedTypeSymbol type, IMethodSymbol constructor)
    {
        if (!type.IsRecord || !_shared.HasSource(constructor) || PrimaryConstructors.Of(type) is not { } primary
            || !SymbolEqualityComparer.Default.Equals(primary.OriginalDefinition, constructor.OriginalDefinition))
        {
            return false;
        }

        IFieldSymbol[] fields = [.. type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic)];
        return fields.Length == primary.Parameters.Length
            && fields.Zip(primary.Parameters, (f, p) => f.AssociatedSymbol is IPropertySymbol property && property.Name == p.Name
                && property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is ParameterSyntax).All(same => same)
            && primary.Parameters.All(p => p.RefKind == RefKind.None);
    }

    /// <summary>A constructor is a function that returns the struct: cleared, its fields initialised, then the body.</summary>
    private void TranslateConstructor(IReadOnlyList<IOperation> body)
    {
        INamedTypeSymbol type = _callee.Method.ContainingType;
        bool callsOther = body.Count > 0 && IsConstructorCall(body[0]);
        if (callsOther)
        {
            var call = (IInvocationOperation)((IExpressionStatementOperation)body[0]).Operation;
            IMethodSymbol other = type.InstanceConstructors.First(c => SymbolEqualityComparer.Default.Equals(c.OriginalDefinition, call.TargetMethod.OriginalDefinition));
            Value value = other.IsImplicitlyDeclared && other.Parameters.IsEmpty
                ? Default(type)
                : Call(call, Callees.Of(other), instance: null, Arguments(call.Arguments));
            _code.Line($"{Memory(type)} self = {value.Text};");
        }
        else
        {
            _code.Line($"{Memory(type)} self = {Default(type).Text};");
            StoreParameters(type);
            InitialiseFields(type);
        }

        TranslateBody([.. body.Skip(callsOther ? 1 : 0)]);
        if (!(body.Count > 0 && body[body.Count - 1] is IReturnOperation))
            _code.Line("return self;");
    }

    private static bool IsConstructorCall(IOperation operation) =>
        operation is IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod.MethodKind: MethodKind.Constructor } };

    private void StoreParameters(INamedTypeSymbol type)
    {
        if (PrimaryConstructors.Of(type) is not { } primary || !SymbolEqualityComparer.Default.Equals(primary.OriginalDefinition, _method))
            return;
        HashSet<string> stored = [.. type.GetMembers().OfType<IFieldSymbol>().Select(PrimaryConstructors.ParameterOf).OfType<string>()];
        if (type.IsRecord)
        {
            stored.UnionWith(type.GetMembers().OfType<IPropertySymbol>()
                .Where(p => p.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is ParameterSyntax).Select(p => p.Name));
        }

        foreach (IParameterSymbol parameter in _method.Parameters.Where(p => stored.Contains(p.Name)))
            _code.Expression($"self.{Names.Variable(parameter.Name)} = {ParameterPlace(parameter).Compose([]).Text}");
    }

    private void InitialiseFields(INamedTypeSymbol type)
    {
        foreach (ISymbol member in type.OriginalDefinition.GetMembers().Where(m => !m.IsStatic))
        {
            EqualsValueClauseSyntax? clause = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_shared.Cancel) switch
            {
                VariableDeclaratorSyntax field => field.Initializer,
                PropertyDeclarationSyntax property => property.Initializer,
                _ => null,
            };
            if (clause is null || member is not (IFieldSymbol or IPropertySymbol))
                continue;
            if (_shared.Bodies.ModelOf(clause.SyntaxTree).GetOperation(clause, _shared.Cancel) is not ISymbolInitializerOperation { Value: { } value })
                throw UntranslatableException.Reported();
            NoteNames(value);
            string name = member is IFieldSymbol f ? Names.Field(f) : Names.Variable(member.Name);
            _code.Expression($"self.{name} = {Translate(value).Text}");
        }
    }

    private void NoteNames(IOperation value)
    {
        foreach (ILocalSymbol local in value.Descendants().OfType<IVariableDeclaratorOperation>().Select(d => d.Symbol))
            _names.Of(local);
    }
}
