// From messages to the rows of a list: days between them, messages of one author in a row under one name.

import { author } from './people.js';
import { dayKey, ofTs } from './times.js';
import { dayView, ephemeralView, messageView, replyCountView } from './messageView.js';

const TOGETHER_MS = 5 * 60_000; // later than this, the same author's name is shown again
const FACES = 3;

/** @param view {conversation, workspace, names, namesKey, presses, marked, does} */
export function channelRows(view, messages, ephemerals) {
  const threads = view.conversation.threads();
  return withDays(view, messages.map(message => messageEntry(view, message, { replies: repliesOf(view, message, threads) })), ephemerals);
}

export function threadRows(view, root, replies, ephemerals) {
  const rows = withDays(view, replies.map(message => messageEntry(view, message, { inThread: true })), ephemerals, root && ofTs(root.ts));
  const count = replies.filter(reply => !reply.deleted).length;
  const head = root ? withDays(view, [messageEntry(view, root, { inThread: true })], []) : [];
  return [...head, { key: 'count', signature: String(count), build: () => replyCountView(count) }, ...rows];
}

function repliesOf({ conversation, workspace }, message, threads) {
  const known = (threads.get(message.ts) ?? []).filter(reply => !reply.deleted);
  // The list of a channel holds its replies; the count that the server keeps is for those that are not in it.
  const count = threads.has(message.ts) ? known.length : Number(message.reply_count ?? 0);
  const faces = [...new Map(known.map(reply => author(reply, workspace)).map(by => [by.id, by])).values()].slice(0, FACES);
  return { count, last: known.at(-1)?.ts, faces };
}

function messageEntry(view, message, { replies = null, inThread = false }) {
  return {
    at: ofTs(message.ts),
    key: `m${message.ts}`,
    by: author(message, view.workspace),
    isMessage: true,
    message,
    signature: [view.conversation.revision(message), replies && [replies.count, replies.last], view.presses.get(message.ts), view.marked === message.ts],
    draw: row => messageView({ ...row, replies, inThread, press: view.presses.get(message.ts), marked: view.marked === message.ts }, view.names, view.does),
  };
}

function withDays(view, messages, ephemerals, startDay) {
  const entries = [...messages, ...ephemerals.map(ephemeral => ephemeralEntry(view, ephemeral))].sort((a, b) => a.at - b.at);
  const rows = [];
  let before = null;
  let today = startDay ? dayKey(startDay) : '';
  for (const entry of entries) {
    if (dayKey(entry.at) !== today) {
      today = dayKey(entry.at);
      rows.push({ key: `d${today}`, signature: new Date().toDateString(), build: () => dayView(entry.at) });
      before = null;
    }
    const follows = Boolean(before && entry.isMessage && before.isMessage && before.by.id === entry.by.id && !before.message.deleted
      && !entry.message.deleted && entry.at - before.at < TOGETHER_MS);
    rows.push({
      key: entry.key,
      isMessage: entry.isMessage,
      message: entry.message,
      signature: JSON.stringify([view.namesKey, entry.signature, follows]),
      build: () => entry.draw({ message: entry.message, by: entry.by, follows }),
    });
    before = entry;
  }
  return rows;
}

function ephemeralEntry(view, ephemeral) {
  const at = new Date(ephemeral.at);
  const by = author({ bot_id: view.workspace?.botId, user: view.workspace?.botUser }, view.workspace);
  const press = ephemeral.ts ? view.presses.get(ephemeral.ts) : null;
  return {
    at,
    key: `e${ephemeralKey(ephemeral)}`,
    by,
    signature: press ?? '',
    draw: () => ephemeralView({ ephemeral, by, at, press }, view.names, view.does),
  };
}

export const ephemeralKey = ephemeral => `${ephemeral.channel}/${ephemeral.user}/${ephemeral.at}/${ephemeral.text}`;
