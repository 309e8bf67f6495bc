namespace ThreadGrains.Ledger;

/// <summary>The ledger cannot be opened, or a read cannot be made now. Writes never throw it: they answer with an outcome.</summary>
public class LedgerUnavailableException : Exception
{
    /// <summary>For the runtime.</summary>
    public LedgerUnavailableException()
    {
    }

    /// <summary>Says why.</summary>
    public LedgerUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what was beneath.</summary>
    public LedgerUnavailableException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

/// <summary>The database was written by a newer version of the product, whose schema this one does not know. Nothing was changed.</summary>
public sealed class LedgerSchemaNewerException : LedgerUnavailableException
{
    /// <summary>For the runtime.</summary>
    public LedgerSchemaNewerException()
    {
    }

    /// <summary>Says which scripts are unknown.</summary>
    public LedgerSchemaNewerException(string message)
        : base(message)
    {
    }

    /// <summary>Says which scripts are unknown, and what was beneath.</summary>
    public LedgerSchemaNewerException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
