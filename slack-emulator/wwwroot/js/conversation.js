// What is known of one channel: its messages by ts, replies among them, and what only the acting user can see.

const order = (a, b) => Number.parseFloat(a.ts) - Number.parseFloat(b.ts) || (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

const isReply = message => Boolean(message.thread_ts) && message.thread_ts !== message.ts;
const isBroadcast = message => message.reply_broadcast === true || message.subtype === 'thread_broadcast';

export class Conversation {
  #messages = new Map();
  #revisions = new WeakMap();
  #nextRevision = 1;
  #reading = null;
  #again = false;
  #late = null;
  ephemerals = [];
  /** 'unread' | 'reading' | 'ready' | 'failed': of the first reading; later ones happen behind what is shown */
  state = 'unread';
  failure = '';

  constructor(team, channel) {
    this.team = team;
    this.channel = channel;
  }

  get(ts) {
    return this.#messages.get(ts);
  }

  /** One reading at a time; asked again meanwhile, it is done once more. Never rejects. */
  read(fetchMessages) {
    this.#again = this.#reading !== null;
    return this.#reading ??= this.#readUntilQuiet(fetchMessages).finally(() => { this.#reading = null; });
  }

  async #readUntilQuiet(fetchMessages) {
    if (this.state !== 'ready') this.state = 'reading';
    do {
      this.#again = false;
      this.#late = [];
      try {
        const messages = await fetchMessages();
        // Events that came during the reading may be newer than what was read.
        const late = this.#late;
        this.#late = null;
        this.replaceAll(messages);
        late.forEach(message => this.put(message));
        this.state = 'ready';
      } catch (problem) {
        this.#late = null;
        this.failure = problem.message;
        if (this.state !== 'ready') this.state = 'failed';
      }
    } while (this.#again);
  }

  /** Equal content keeps the object that is there, and so its revision: what did not change is not drawn again. */
  put(message) {
    this.#late?.push(message);
    const before = this.#messages.get(message.ts);
    if (before && JSON.stringify(before) === JSON.stringify(message)) return;
    this.#messages.set(message.ts, message);
    this.#revisions.set(message, this.#nextRevision++);
  }

  replaceAll(messages) {
    const kept = new Set(messages.map(message => message.ts));
    for (const ts of [...this.#messages.keys()]) if (!kept.has(ts)) this.#messages.delete(ts);
    messages.forEach(message => this.put(message));
  }

  revision(message) {
    return this.#revisions.get(message);
  }

  topLevel() {
    return [...this.#messages.values()].filter(message => !isReply(message) || isBroadcast(message)).sort(order);
  }

  /** Replies by their parent's ts, in order. */
  threads() {
    const threads = new Map();
    for (const message of [...this.#messages.values()].filter(isReply).sort(order)) {
      if (!threads.has(message.thread_ts)) threads.set(message.thread_ts, []);
      threads.get(message.thread_ts).push(message);
    }
    return threads;
  }
}

export { isReply };
