// The emulator's own interface (/emulator/...), which is not part of Slack's.

/** The emulator answered, and said no. */
export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Nothing answered. */
export class Gone extends Error {}

async function ask(path, body) {
  let response;
  let text;
  try {
    response = await fetch(path, body === undefined
      ? { headers: { accept: 'application/json' }, cache: 'no-store' }
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    text = await response.text();
  } catch {
    throw new Gone('The emulator does not answer.');
  }
  const answer = asJson(text);
  if (!response.ok) throw new Refusal(response.status, reason(answer) ?? (text.slice(0, 200) || 'no reason given'));
  return answer;
}

function asJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const reason = answer => [answer?.detail, answer?.error, answer?.message, answer?.title].find(part => typeof part === 'string');

const query = parts => new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString();

export const workspaces = async () => (await ask('/emulator/workspaces'))?.workspaces ?? [];

/** Every message ever stored there, in order of storage, deleted ones marked. */
export const messages = async (team, channel, threadTs) =>
  (await ask(`/emulator/messages?${query({ team, channel, thread_ts: threadTs })}`))?.messages ?? [];

export const ephemerals = async (team, channel, user) =>
  (await ask(`/emulator/ephemerals?${query({ team, channel, user })}`))?.ephemerals ?? [];

/** Sends the signed webhook that a click would; what comes back is the app's own answer. */
export const click = press => ask('/emulator/click', press);

export const say = words => ask('/emulator/say', words);

export const remove = (team, channel, ts) =>
  ask(`/emulator/messages/${encodeURIComponent(channel)}/${encodeURIComponent(ts)}/delete?${query({ team })}`, { team });
