using ThreadGrains.WebhookGateway;

return await GatewayProcess.Run(args);
