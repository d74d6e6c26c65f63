using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Variables, fields and elements.</content>
internal sealed partial class FunctionTranslator
{
    // The object that the initializer under translation fills.
    private Value? _receiver;

    private Value Read(IOperation operation)
    {
        if (PlaceOf(operation) is { } place)
        {
            Value[] values = Sequence(place.Parts);
            Value value = place.Compose(values);
            return values.Length == 0 ? value : new Value(value.Text, value.Level, isStable: false, values.Any(v => v.HasEffect), value.Space, value.IsOwn);
        }

        // A field of a value that lies nowhere, as of a result.
        (IOperation? instance, string name) = operation switch
        {
            IFieldReferenceOperation field => (field.Instance, Names.Field(field.Field)),
            IPropertyReferenceOperation property => (property.Instance, Names.Variable(property.Property.Name)),
            _ => (null, string.Empty),
        };
        return instance is null ? throw Refuse(operation) : FieldValue(C.Member(Translate(instance), name), TypeOf(operation));
    }

    /// <summary>Where an expression's value lies; null where it is computed and lies nowhere.</summary>
    private Place? PlaceOf(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return Place.Of(() => VariableValue(local.Local, _names.Of(local.Local)));
            case IParameterReferenceOperation parameter:
                return ParameterPlace(parameter.Parameter);
            case IInstanceReferenceOperation instance:
                return InstancePlace(instance);
            case IDeclarationExpressionOperation { Expression: ILocalReferenceOperation { Local: var declared } }:
                HoistLocal(declared);
                return Place.Of(() => VariableValue(declared, _names.Of(declared)));
            case IDiscardOperation discard:
                string unused = _names.Fresh("unused");
                _hoisted.Add($"{Memory(TypeOf(discard))} {unused};");
                return Place.Of(() => new Value(unused, CLevel.Primary));
            case IFieldReferenceOperation { Instance: { } owner } field:
                return PlaceOf(owner)?.Member(
                    Names.Field(field.Field), v => FieldValue(v, TypeOf(field)), field.Field.IsReadOnly && !(IsConstructor && owner is IInstanceReferenceOperation));
            case IPropertyReferenceOperation { Instance: { } owner } property:
                return PropertyPlace(property, owner);
            default:
                return null;
        }
    }

    private Value VariableValue(ISymbol symbol, string name)
    {
        Space space = _spaces.TryGetValue(symbol, out Space known) ? known : Space.Private;
        return new Value(name, CLevel.Primary, isStable: !_changed.Contains(symbol), space: space, isOwn: _ownArrays.Contains(symbol) && !_changed.Contains(symbol));
    }

    private Value FieldValue(Value value, ITypeSymbol type) =>
        _shared.Symbols.ViewRank(type) > 0 ? value.In(Space.Global) : value.In(Space.Private);

    private Place ParameterPlace(IParameterSymbol parameter)
    {
        bool isOwn = SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, _method);
        if (!isOwn && !IsConstructor)
        {
            // A parameter of the primary constructor, kept in a field.
            return SelfPlace().Member(Names.Variable(parameter.Name), v => FieldValue(v, Apply(parameter.Type)), isReadOnly: false);
        }

        string name = _names.Of(parameter);
        if (parameter.RefKind == RefKind.None || !isOwn)
            return Place.Of(() => VariableValue(parameter, name));
        Space space = _shape.Parameters[parameter.Ordinal] ?? Space.Private;
        Space content = _shared.Symbols.ViewRank(Apply(parameter.Type)) > 0 ? Space.Global : Space.Private;
        return Place.Of(() => new Value("*" + name, CLevel.Unary, space: content), space, isExternal: true, isReadOnly: parameter.RefKind is RefKind.In or RefKind.RefReadOnlyParameter);
    }

    private Place InstancePlace(IInstanceReferenceOperation instance)
    {
        if (instance.ReferenceKind == InstanceReferenceKind.ImplicitReceiver)
            return _receiver is { } receiver ? Place.Of(() => receiver) : throw Refuse(instance);
        return SelfPlace();
    }

    private Place SelfPlace() => _shape.Instance is { } space
        ? Place.Of(() => new Value("*self", CLevel.Unary), space, isExternal: true, _method.IsReadOnly)
        : Place.Of(() => new Value("self", CLevel.Primary, isStable: !_selfChanges && !IsConstructor), isReadOnly: !IsConstructor && _method.IsReadOnly);

    private Place? PropertyPlace(IPropertyReferenceOperation operation, IOperation owner)
    {
        ITypeSymbol type = TypeOf(owner);
        IPropertySymbol property = operation.Property;
        int rank = _shared.Symbols.ViewRank(type);
        if (rank > 0 && property.IsIndexer)
            return ViewElement(operation, owner, rank);
        if (_shared.Symbols.IsSpan(type) && property.IsIndexer)
        {
            bool isOwn = owner is ILocalReferenceOperation { Local: var local } && _ownArrays.Contains(local) && !_changed.Contains(local);
            return new Place(
                [PartOf(owner), IndexPart(operation.Arguments[0].Value)],
                v => new Value($"{v[0].At(CLevel.Primary)}.p[{v[1].Text}]", CLevel.Primary), _ => Space.Private, isExternal: !isOwn);
        }

        if (_shared.Symbols.IsIndex(type))
            return type.Name == "Index1D" ? PlaceOf(owner) : PlaceOf(owner)?.Member(property.Name, v => v, isReadOnly: true);
        if (rank > 0 || !AutoProperties.IsStored(property))
            return null;
        bool isReadOnly = property.SetMethod is null && !(IsConstructor && owner is IInstanceReferenceOperation);
        return PlaceOf(owner)?.Member(Names.Variable(property.Name), v => FieldValue(v, TypeOf(operation)), isReadOnly);
    }

    private Place ViewElement(IPropertyReferenceOperation operation, IOperation owner, int rank)
    {
        if (rank == 1)
        {
            return new Place(
                [PartOf(owner), IndexPart(operation.Arguments[0].Value)],
                v => new Value($"{v[0].At(CLevel.Primary)}.p[{v[1].Text}]", CLevel.Primary), v => ViewSpace(v[0]), isExternal: true);
        }

        bool isStruct = operation.Arguments.Length == 1;
        Part[] indices = isStruct
            ? [PartOf(operation.Arguments[0].Value, isRepeated: true)]
            : [.. operation.Arguments.Select(a => PartOf(a.Value))];
        return new Place([PartOf(owner, isRepeated: true), .. indices], v =>
        {
            Value x = isStruct ? C.Member(v[1], "X") : v[1], y = isStruct ? C.Member(v[1], "Y") : v[2];
            Value row = C.Cast("long", y);
            if (rank == 3)
            {
                Value slice = C.Cast("long", isStruct ? C.Member(v[1], "Z") : v[3]);
                row = C.Binary(C.Binary(slice, "*", C.Member(v[0], "height"), CLevel.Product), "+", y, CLevel.Sum);
            }

            Value element = C.Binary(C.Binary(row, "*", C.Member(v[0], "width"), CLevel.Product), "+", x, CLevel.Sum);
            return new Value($"{v[0].At(CLevel.Primary)}.p[{element.Text}]", CLevel.Primary);
        }, v => ViewSpace(v[0]), isExternal: true);
    }
}
