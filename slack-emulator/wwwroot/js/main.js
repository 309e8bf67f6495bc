// The page: where one is, what is read for it, and what is shown of it.

import * as api from './api.js';
import { el, icon } from './elements.js';
import { here, link } from './address.js';
import { follow } from './stream.js';
import { Conversation, isReply } from './conversation.js';
import { author, displayName, namesOf, people } from './people.js';
import { channelRows, ephemeralKey, threadRows } from './rows.js';
import { MessageList } from './messageList.js';
import { Composer } from './composer.js';
import { drawer, showSidebar } from './sidebar.js';
import { beginning, earlier, failed, loading, nowhere } from './opening.js';
import { confirm, showSource } from './dialogs.js';
import { reconcile } from './keyed.js';
import { mrkdwn } from './mrkdwn.js';
import { presser } from './presses.js';
import { remembered } from './remembered.js';
import { ago } from './times.js';

const TITLE = 'Slack emulator · ThreadGrains';
const SHOWN_AT_FIRST = 150; // messages drawn at once; earlier ones on demand
const GONE_AFTER_MS = 1500; // a connection lost for less than this shows no banner

const find = id => document.getElementById(id);
const menu = drawer();
const channelList = new MessageList(find('scroll'), find('messages'), find('pill'));
const threadList = new MessageList(find('thread-scroll'), find('thread-messages'), find('thread-pill'));
const channelComposer = new Composer(find('composer'), { id: 'composer-text', testid: 'composer', label: 'Message to the channel', send: text => say(text, null) });
const threadComposer = new Composer(find('thread-composer'), { id: 'thread-text', testid: 'thread-composer', label: 'Reply in the thread', send: text => say(text, thread) });
const presses = presser({ changed: () => show() });
const acting = remembered(localStorage, 'acting');
const dismissed = remembered(sessionStorage, 'dismissed');

let workspaces = null; // null: not read yet
let place = here();
let thread = null; // ts of the parent whose thread is open
let limit = SHOWN_AT_FIRST;
let openedBy = null; // testid of what opened the thread: the focus goes back there
let follows = false; // the acting user has just written: show it, wherever the list stands
const covers = matchMedia('(max-width: 1020px)'); // as in layout.css: the thread stands in the channel's place
const conversations = new Map();
const unread = new Map(); // by channel id

// ---- what is known ----

const current = () => {
  const workspace = workspaces?.find(one => one.team === place.team) ?? null;
  const channel = workspace?.channels.find(one => one.id === place.channel) ?? null;
  return { workspace, channel, conversation: channel ? conversationOf(workspace.team, channel.id) : null, user: actingIn(workspace) };
};

function conversationOf(team, channel) {
  const key = `${team}/${channel}`;
  if (!conversations.has(key)) conversations.set(key, new Conversation(team, channel));
  return conversations.get(key);
}

function actingIn(workspace) {
  const users = people(workspace);
  return users.find(user => user.id === acting.get(workspace?.team)) ?? users[0] ?? null;
}

const firstChannel = workspace => (workspace.channels.find(one => one.isMember && !one.isArchived) ?? workspace.channels[0])?.id ?? '';

// ---- reading ----

async function readWorkspaces() {
  try {
    workspaces = await api.workspaces();
  } catch {
    // The stream says when the emulator is back; before the first answer there is nothing else to wait for.
    if (workspaces === null) setTimeout(readWorkspaces, 1500);
    return;
  }
  arrive();
}

async function readConversation(conversation) {
  const done = conversation.read(() => api.messages(conversation.team, conversation.channel));
  show();
  await Promise.all([done, readEphemerals(conversation)]);
  show();
}

async function readEphemerals(conversation) {
  const workspace = workspaces.find(one => one.team === conversation.team);
  const user = actingIn(workspace);
  try {
    const answer = user ? await api.ephemerals(conversation.team, conversation.channel, user.id) : [];
    // The user may have been changed meanwhile: what is for somebody else must not be shown.
    if (actingIn(workspace)?.id === user?.id) conversation.ephemerals = answer;
  } catch { /* shown again at the next event or reading; the messages' own reading reports trouble */ }
  show();
}

// ---- going somewhere ----

function arrive() {
  const before = place;
  place = here();
  const workspace = workspaces?.find(one => one.team === place.team) ?? (place.team ? null : workspaces?.[0]);
  if (workspace && !place.channel && firstChannel(workspace)) {
    history.replaceState(null, '', link(workspace.team, firstChannel(workspace)));
    place = here();
  }
  if (place.team !== before.team || place.channel !== before.channel) {
    limit = SHOWN_AT_FIRST;
    menu.close();
  }
  const { conversation } = current();
  unread.delete(place.channel);
  if (conversation && ['unread', 'failed'].includes(conversation.state)) readConversation(conversation).then(reveal);
  show();
  reveal();
}

/** A link may name a reply: then its thread is opened, and the reply shown in it. */
function reveal() {
  draw();
  if (!place.ts || !thread) return;
  if (place.ts !== thread) threadList.reveal(`thread-message-${place.ts}`);
}

/** At once, and not only when the browser tells of the new address: the focus is set right after. */
function go(address) {
  location.hash = address;
  arrive();
}

function openThread(message, from) {
  openedBy = from?.dataset.testid ?? null;
  const { workspace, channel } = current();
  go(link(workspace.team, channel.id, isReply(message) ? message.thread_ts : message.ts));
  find('thread-title').focus();
}

function closeThread() {
  if (!place.ts) return;
  go(link(place.team, place.channel));
  const back = openedBy && document.querySelector(`[data-testid="${CSS.escape(openedBy)}"]`);
  (back || find('channel-title')).focus({ preventScroll: true });
}

// ---- doing something ----

async function say(text, threadTs) {
  const { workspace, channel, user } = current();
  if (!user) throw new Error('there is nobody to act as in this workspace.');
  await api.say({ team: workspace.team, channel: channel.id, thread_ts: threadTs ?? undefined, user: user.id, text });
  follows = true;
}

const does = {
  openThread,
  source: showSource,
  press(message, element, value) {
    const { workspace, channel, user } = current();
    presses.press({ team: workspace.team, channel: channel.id, ts: message.ts, actionId: element.action_id, value, user: user?.id }, element);
  },
  dismiss(ephemeral) {
    dismissed.set(ephemeralKey(ephemeral), true);
    show();
  },
  async remove(message) {
    const { workspace, channel } = current();
    const sure = await confirm({ title: 'Delete message', text: 'It is deleted as a person would delete it: the app is not asked. Replies in its thread stay.', yes: 'Delete', danger: true });
    if (!sure) return;
    try {
      await api.remove(workspace.team, channel.id, message.ts);
    } catch (problem) {
      presses.report(message.ts, `Not deleted: ${problem.message}`);
    }
  },
};

// ---- showing ----

let scheduled = false;
function show() {
  if (scheduled) return;
  scheduled = true;
  // Not requestAnimationFrame: a page in the background must be current when it is looked at.
  setTimeout(draw, 10);
}

function draw() {
  scheduled = false;
  const { workspace, channel, conversation, user } = current();
  showSidebar({ workspaces: workspaces ?? [], workspace, channel: channel?.id, unread, acting: user, firstChannel });
  showTitle(channel);
  const target = place.ts && conversation?.get(place.ts);
  thread = place.ts ? (target && isReply(target) ? target.thread_ts : place.ts) : null;

  const names = namesOf(workspace);
  const view = { conversation, workspace, names, namesKey: workspace ? namesKey(workspace) : '', presses: presses.all, marked: place.ts !== thread ? place.ts : null, does };
  const ephemerals = conversation?.ephemerals.filter(one => !dismissed.get(ephemeralKey(one))) ?? [];
  const all = conversation?.state === 'ready' ? conversation.topLevel() : [];
  const shown = all.slice(-limit);
  const subject = `${place.team}/${place.channel}/${conversation?.state}`;
  showOpening(workspace, channel, conversation, all, shown);
  channelList.show(subject, conversation ? channelRows(view, shown, ephemerals.filter(one => !one.thread_ts)) : [], { follow: follows });
  showThread(view, channel, ephemerals, user);
  follows = false;

  const who = user ? ` as ${displayName(user)}` : '';
  if (channel) channelComposer.show(`${place.team}/${place.channel}`, `Message #${channel.name}${who}`, channel.isArchived ? 'This channel is archived. Nothing can be posted here.' : null);
  else channelComposer.hide();
}

/** Names are drawn into messages: when one changes, they are drawn again. */
const namesKey = workspace => JSON.stringify([workspace.users, workspace.channels.map(one => [one.id, one.name])]);

function showTitle(channel) {
  const waiting = [...unread.values()].reduce((sum, count) => sum + count, 0);
  document.title = `${waiting ? `(${waiting}) ` : ''}${channel ? `#${channel.name} · ` : ''}${TITLE}`;
  const title = find('channel-title');
  if (title.dataset.channel !== `${channel?.id}${channel?.name}`) {
    title.dataset.channel = `${channel?.id}${channel?.name}`;
    title.replaceChildren(...channel ? [icon(channel.isArchived ? 'archive' : 'hash', 18), channel.name] : ['\u00a0']);
  }
  find('channel-facts').textContent = !channel ? '' : channel.isArchived ? 'Archived' : channel.isMember ? '' : 'The app is not in this channel';
}

function showOpening(workspace, channel, conversation, all, shown) {
  const hidden = all.length - shown.length;
  const [key, build] = workspaces === null || conversation?.state === 'reading' || conversation?.state === 'unread' ? ['loading', loading]
    : workspaces.length === 0 ? ['none', () => nowhere('No workspace', 'This emulator has no workspace yet.')]
    : !channel ? ['nowhere', () => nowhere('There is no such channel', 'It may have been in another run of the emulator. Choose one from the list.')]
    : conversation.state === 'failed' ? [`failed ${conversation.failure}`, () => failed(conversation.failure, () => readConversation(conversation))]
    : hidden > 0 ? [`earlier ${hidden}`, () => earlier(hidden, () => channelList.keepPlace(() => { limit += SHOWN_AT_FIRST; draw(); }))]
    : [`beginning ${JSON.stringify(channel)} ${all.length === 0}`, () => beginning(workspace, channel, all.length === 0)];
  reconcile(find('opening'), [{ key: 'opening', signature: key, build }]);
}

function showThread(view, channel, ephemerals, user) {
  const pane = find('thread');
  const open = Boolean(thread && channel && view.conversation.state === 'ready');
  pane.hidden = !open;
  find('columns').classList.toggle('with-thread', open);
  if (!open) return;
  pane.setAttribute('role', covers.matches ? 'main' : 'complementary');
  find('thread-title').setAttribute('aria-level', covers.matches ? '1' : '2');
  const root = view.conversation.get(thread);
  const replies = view.conversation.threads().get(thread) ?? [];
  find('thread-channel').textContent = `#${channel.name}`;
  const subject = `${place.team}/${place.channel}/${thread}`;
  if (!root && replies.length === 0) {
    threadList.show(subject, [{ key: 'missing', signature: '', build: () => el('li', { class: 'missing' }, 'There is no such message in this channel.') }]);
    threadComposer.hide();
    return;
  }
  threadList.show(subject, threadRows(view, root, replies, ephemerals.filter(one => one.thread_ts === thread)), { follow: follows });
  threadComposer.show(subject, user ? `Reply as ${displayName(user)}` : 'Reply', channel.isArchived ? 'This channel is archived.' : null);
}

// ---- live ----

function happened(event) {
  if (event.kind === 'channel') {
    readWorkspaces();
    return;
  }
  const conversation = conversations.get(`${event.team}/${event.channel}`);
  const isHere = event.team === place.team && event.channel === place.channel;
  if (event.kind === 'ephemeral') {
    if (conversation) readEphemerals(conversation);
    return;
  }
  const before = conversation?.get(event.ts ?? event.message?.ts);
  const message = event.message ?? (event.kind === 'delete' && before ? { ...before, deleted: true } : null);
  if (conversation && conversation.state !== 'unread') {
    if (message) conversation.put(message);
    else readConversation(conversation);
  }
  if (event.kind === 'message' && message && !before) {
    if (isHere) announce(message);
    else if (event.team === place.team && !isReply(message)) unread.set(event.channel, (unread.get(event.channel) ?? 0) + 1);
  }
  show();
}

/** For those who listen: only what others wrote where one is. */
function announce(message) {
  const { workspace, user } = current();
  if (message.user && message.user === user?.id) return;
  const text = document.createElement('p');
  text.append(...mrkdwn(String(message.text ?? '').slice(0, 300), namesOf(workspace)));
  find('announcer').textContent = `${author(message, workspace).name}${isReply(message) ? ', in a thread' : ''}: ${text.textContent}`;
}

let goneTimer = null;
function connection(state) {
  clearTimeout(goneTimer);
  const live = state === 'live';
  find('live').dataset.state = state;
  find('live-text').textContent = live ? 'Live' : 'Offline';
  const banner = find('banner');
  if (live) banner.hidden = true;
  else {
    goneTimer = setTimeout(() => {
      banner.textContent = 'The emulator does not answer. What you see may be out of date; this page carries on by itself when it is back.';
      banner.hidden = false;
    }, GONE_AFTER_MS);
  }
}

/** Events may have been missed: everything kept is old, what is shown is read again. */
function readAgain() {
  const { conversation } = current();
  for (const [key, other] of conversations) if (other !== conversation) conversations.delete(key);
  if (conversation) readConversation(conversation);
  readWorkspaces();
}

// ---- start ----

find('thread-close').append(icon('close', 20));
find('thread-back').append(icon('back', 20));
find('thread-close').addEventListener('click', closeThread);
find('thread-back').addEventListener('click', closeThread);
find('skip').addEventListener('click', event => {
  event.preventDefault(); // the fragment is the address here
  channelComposer.focus();
});
find('acting-user').addEventListener('change', ({ target }) => {
  acting.set(place.team, target.value);
  for (const conversation of conversations.values()) conversation.ephemerals = [];
  const { conversation } = current();
  if (conversation) readEphemerals(conversation);
  show();
});
covers.addEventListener('change', show);
addEventListener('hashchange', arrive);
addEventListener('keydown', event => {
  if (event.key !== 'Escape' || event.defaultPrevented || find('dialog').open) return;
  if (menu.isOpen()) menu.close();
  else closeThread();
});
setInterval(() => {
  for (const node of document.querySelectorAll('[data-ago]')) node.textContent = ago(new Date(node.dataset.ago));
}, 20_000);

readWorkspaces();
follow({ onEvent: happened, onState: connection, onGap: readAgain });
show();
