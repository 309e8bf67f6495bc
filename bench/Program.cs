using ThreadGrains.Bench;

if (args is ["bare", var port])
{
    await BareServer.Run(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["postgresql", ..])
{
    await PostgreSql(args.Contains("--quick"));
    return 0;
}

if (args is not ([] or ["--quick"]))
{
    Console.Error.WriteLine("usage: bench/run [postgresql] [--quick]");
    return 2;
}

bool quick = args.Length > 0;
Console.WriteLine($"{Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {DateTime.UtcNow:yyyy-MM-dd}; generator and product share the machine");
await LedgerAcceptBenchmark.Run(quick, Console.Out);
await PostgreSql(quick);
await using var bare = await BareServer.Start();
await using (var product = await Product.Start(paced: false))
{
    await AcceptToPostBenchmark.Run(quick ? 100 : 500, product, bare, Console.Out);
}

await ClickToCallbackBenchmark.Run(quick ? 100 : 500, bare, Console.Out);

// Paced as shipped: what is accepted waits in the ledger, as it would for Slack's limits.
await using (var product = await Product.Start(paced: true))
{
    await HttpAcceptBenchmark.Run(quick, product, bare, Console.Out);
}

return 0;

static async Task PostgreSql(bool quick)
{
    var (_, transactions) = await PostgreSqlAcceptBenchmark.Run(quick, Console.Out);
    await using var bare = await BareServer.Start();
    await using var product = await Product.Start(paced: true, cluster: 1);
    await HttpAcceptBenchmark.Run(quick, product, bare, Console.Out, transactions);
}
