using System.Reflection;

namespace G3DR.Compute.OpenCl;

/// <summary>The text by which a kernel is found among the generated ones. The source generator makes the same text from symbols.</summary>
internal static class KernelKey
{
    /// <summary>Key of a method whose type arguments are all known, for example <c>Space.Type::Name[System.Single](G3DR.Compute.Index1D,System.Int32)</c>.</summary>
    public static string Of(MethodInfo method)
    {
        string arguments = method.IsGenericMethod ? $"[{Names(method.GetGenericArguments())}]" : string.Empty;
        string parameters = Names(method.GetParameters().Select(parameter => parameter.ParameterType));
        return $"{NameOf(method.DeclaringType!)}::{method.Name}{arguments}({parameters})";
    }

    /// <summary>Full name of a type; the arguments of a generic type, those of the types around it first, follow in brackets.</summary>
    public static string NameOf(Type type) => type.IsGenericType
        ? $"{type.GetGenericTypeDefinition().FullName}[{Names(type.GetGenericArguments())}]"
        : type.FullName ?? type.Name;

    private static string Names(IEnumerable<Type> types) => string.Join(',', types.Select(NameOf));
}
