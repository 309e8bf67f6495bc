// One message, or what stands in its place: a tombstone, an answer that only the acting user sees, a day's line.

import { el, icon } from './elements.js';
import { blocks } from './blocks.js';
import { mrkdwn } from './mrkdwn.js';
import { emoji } from './emoji.js';
import { avatar } from './people.js';
import { ago, clock, day, exact, ofTs } from './times.js';

/**
 * @param row {message, by, follows, replies, inThread, press} as rows.js makes it
 * @param does {press, openThread, remove, source}
 */
export function messageView(row, names, does) {
  const { message, by, inThread } = row;
  const at = ofTs(message.ts);
  if (message.deleted) return tombstone(row, at, does);
  return frame(row, at, [
    el('div', { class: 'body' },
      ...content(message, names, (element, value) => does.press(message, element, value), row.press?.state === 'sending' ? row.press.actionId : null),
      edited(message)),
    reactions(message, names),
    pressed(row.press),
    threadSummary(row, does),
    toolbar(row, does),
  ]);
  function frame({ follows }, when, parts) {
    return el('li', {
      class: `message${follows ? ' follows' : ''}${row.marked ? ' marked' : ''}`,
      tabindex: '-1',
      'data-testid': `${inThread ? 'thread-message' : 'message'}-${message.ts}`,
      'aria-label': `${by.name}, ${clock(when)}`,
    },
    el('div', { class: 'gutter' }, follows ? time(when, 'time gutter-time') : avatar(by)),
    el('div', { class: 'content' }, !follows && byline(by, when), ...parts));
  }
}

const time = (at, className = 'time') => el('time', { class: className, datetime: at.toISOString(), title: exact(at) }, clock(at));

const byline = (by, at) => el('p', { class: 'byline' },
  el('span', { class: 'author', dir: 'auto' }, by.name),
  by.isApp && el('span', { class: 'app-badge' }, 'APP'),
  time(at));

// Users report of Slack that one quoted line with code makes the whole message blank for its readers.
const QUOTED_CODE = /^(?:&gt;|>)[^\n]*`[^`\n]+`/m;

const mrkdwnTexts = ({ text, blocks: list }) => list?.length
  ? list.flatMap(block => [block?.text, ...(block?.fields ?? []), ...(block?.elements ?? [])]).filter(part => part?.type === 'mrkdwn').map(part => String(part.text))
  : [String(text ?? '')];

function content(message, names, press, busy) {
  if (mrkdwnTexts(message).some(text => QUOTED_CODE.test(text.replace(/```[^]*?```/g, '')))) {
    return [el('p', { class: 'gone' }, 'Slack shows this message blank: a quoted line holds code.')];
  }
  if (message.blocks?.length) return blocks(message.blocks, names, press, busy);
  return [el('div', { class: 'text', dir: 'auto' }, ...mrkdwn(String(message.text ?? ''), names))];
}

function edited(message) {
  if (!message.edits?.length) return null;
  const last = new Date(message.edits.at(-1).at);
  const times = message.edits.length === 1 ? 'Edited' : `Edited ${message.edits.length} times, last`;
  return el('span', { class: 'edited', title: Number.isNaN(last.getTime()) ? null : `${times} ${exact(last)}` }, '(edited)');
}

function reactions(message, names) {
  if (!message.reactions?.length) return null;
  return el('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...message.reactions.map(({ name, count, users }) => el('li', {
    title: (users ?? []).map(id => names.userName(id) ?? id).join(', ') || null,
  }, emoji(String(name)) ?? `:${name}:`, ` ${count ?? users?.length ?? 1}`)));
}

/** What became of a click. A person must see it when their click was lost. */
function pressed(press) {
  if (!press || press.state === 'sending') return null;
  return press.state === 'failed'
    ? el('p', { class: 'press-failed', role: 'alert' }, icon('bin', 15), el('span', null, press.text))
    : el('p', { class: 'press-delivered', role: 'status' }, press.text);
}

function threadSummary({ message, replies, inThread }, does) {
  if (inThread || !replies?.count) return null;
  const last = replies.last ? ofTs(replies.last) : null;
  return el('button', { type: 'button', class: 'thread-summary', 'data-testid': `open-thread-${message.ts}`, onclick: ({ currentTarget }) => does.openThread(message, currentTarget) },
    el('span', { class: 'faces', 'aria-hidden': 'true' }, ...replies.faces.map(face => avatar(face, 'avatar-tiny'))),
    el('span', { class: 'reply-count' }, replies.count === 1 ? '1 reply' : `${replies.count} replies`),
    last && el('span', { class: 'last-reply' }, el('span', { class: 'dot' }, ' · '), 'last reply ', el('span', { 'data-ago': last.toISOString() }, ago(last))));
}

function toolbar({ message, inThread, replies }, does) {
  const tool = (name, label, onclick, testid) => el('button', { type: 'button', class: 'tool', tabindex: '-1', 'aria-label': label, title: label, onclick, 'data-testid': testid }, icon(name, 17));
  return el('div', { class: 'toolbar', role: 'group', 'aria-label': 'Message actions' },
    !inThread && tool('reply', 'Reply in thread', ({ currentTarget }) => does.openThread(message, currentTarget), replies?.count ? null : `open-thread-${message.ts}`),
    tool('source', 'View as stored', () => does.source(message)),
    tool('trash', 'Delete message', () => does.remove(message), `${inThread ? 'thread-delete' : 'delete'}-${message.ts}`));
}

function tombstone(row, at, does) {
  const { message, inThread } = row;
  return el('li', {
    class: 'message tombstone',
    tabindex: '-1',
    'data-testid': `${inThread ? 'thread-message' : 'message'}-${message.ts}`,
    'aria-label': `Deleted message, ${clock(at)}`,
  },
  el('div', { class: 'gutter' }, el('span', { class: 'avatar avatar-gone', 'aria-hidden': 'true' }, icon('trash', 16))),
  el('div', { class: 'content' },
    el('p', { class: 'gone' }, 'This message was deleted. ', time(at)),
    threadSummary(row, does)));
}

export function ephemeralView({ ephemeral, by, at, press }, names, does) {
  return el('li', { class: 'message ephemeral', tabindex: '-1', 'aria-label': `Only visible to you: ${by.name}, ${clock(at)}` },
    el('div', { class: 'gutter' }, avatar(by)),
    el('div', { class: 'content' },
      el('p', { class: 'only-you' }, icon('eye', 14), 'Only visible to you'),
      byline(by, at),
      el('div', { class: 'body' }, ...content(ephemeral, names, (element, value) => does.press(ephemeral, element, value), press?.state === 'sending' ? press.actionId : null)),
      pressed(press),
      el('button', { type: 'button', class: 'link-button', onclick: () => does.dismiss(ephemeral) }, 'Dismiss')));
}

export const dayView = at => el('li', { class: 'day' }, el('span', null, day(at)));

export const replyCountView = count => el('li', { class: 'replies-line' },
  el('span', null, count === 0 ? 'No replies yet' : count === 1 ? '1 reply' : `${count} replies`));
