// Receives what was clicked in Slack. CALLBACK_SECRET=whsec_... PORT=8090 node receiver.mjs
import http from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.CALLBACK_SECRET);
const taken = new Set(); // A tracker keeps these with its issues: the same id is the same click, told again.

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let told;
  try {
    // Over the bytes as they came; also refuses what is older or newer than five minutes.
    told = webhook.verify(Buffer.concat(chunks).toString("utf8"), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }

  const { id, group, type, actor, sequence } = told.data;
  if (taken.has(id)) {
    console.log(`again ${id}`);
  } else {
    taken.add(id);
    console.log(`${type} ${group} by ${actor.name} #${sequence} ${id}`);
  }

  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 8090), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
