namespace ThreadGrains.Ledger.Sql;

/// <summary>The row from which a write's group follows.</summary>
internal enum TouchedRow
{
    /// <summary>No group in particular.</summary>
    None,

    /// <summary>The group itself.</summary>
    Group,

    /// <summary>A post.</summary>
    Post,

    /// <summary>The token of a parent's edit.</summary>
    Edit,

    /// <summary>A clean-up.</summary>
    Cleanup,

    /// <summary>A callback.</summary>
    Callback,
}

/// <summary>Whose rows a write touches: where several processes write, it begins by keeping the others from that group.</summary>
internal readonly record struct Touch(TouchedRow Row, Guid Id)
{
    public static Touch Nothing => default;

    public static Touch Group(Guid id) => new(TouchedRow.Group, id);

    public static Touch Post(Guid id) => new(TouchedRow.Post, id);

    public static Touch Edit(Guid token) => new(TouchedRow.Edit, token);

    public static Touch Cleanup(Guid id) => new(TouchedRow.Cleanup, id);

    public static Touch Callback(Guid id) => new(TouchedRow.Callback, id);
}
