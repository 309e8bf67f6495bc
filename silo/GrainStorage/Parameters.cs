using System.Data.Common;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>Parameters of statements that run on either database.</summary>
internal static class Parameters
{
    /// <summary>Adds one.</summary>
    public static void Add(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
