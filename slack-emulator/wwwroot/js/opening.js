// What stands above the first message: the channel's beginning, how to send something to it, or why nothing is there.

import { el, icon } from './elements.js';

export const loading = () => el('div', { class: 'skeleton', role: 'status' },
  el('span', { class: 'unseen' }, 'Loading messages'),
  ...['a', 'b', 'c'].map(kind => el('div', { class: `skeleton-row skeleton-${kind}`, 'aria-hidden': 'true' }, el('span', { class: 'skeleton-face' }), el('span', { class: 'skeleton-lines' }))));

export const failed = (reason, again) => el('div', { class: 'hero', role: 'alert' },
  el('h2', null, 'These messages could not be read'),
  el('p', null, reason),
  el('button', { type: 'button', class: 'button', onclick: again }, 'Try again'));

export const nowhere = (title, text) => el('div', { class: 'hero' }, el('h2', null, title), el('p', null, text));

export const earlier = (count, show) => el('div', { class: 'earlier' },
  el('button', { type: 'button', class: 'link-button', onclick: show }, count === 1 ? 'Show 1 earlier message' : `Show ${count} earlier messages`));

export function beginning(workspace, channel, isEmpty) {
  const app = `This is where the app’s messages in #${channel.name} appear, as they would in Slack: announcements, replies in their threads, buttons that work.`;
  return el('div', { class: 'hero' },
    el('span', { class: 'hero-mark', 'aria-hidden': 'true' }, icon('hash', 26)),
    el('h2', { dir: 'auto' }, `#${channel.name}`),
    el('p', null, isEmpty ? app : `The very beginning of #${channel.name}.`),
    isEmpty && !channel.isArchived && howTo(workspace, channel));
}

function howTo(workspace, channel) {
  const body = JSON.stringify({ channel: channel.id, text: 'Hello from my app' });
  const command = [
    `curl ${location.origin}/api/chat.postMessage \\`,
    `  -H 'Authorization: Bearer ${workspace.botToken}' \\`,
    "  -H 'Content-Type: application/json; charset=utf-8' \\",
    `  -d '${body}'`,
  ].join('\n');
  const copy = el('button', {
    type: 'button',
    class: 'button button-small',
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(command);
        copy.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(shown); // no clipboard without a secure context
        copy.textContent = 'Selected';
      }
      setTimeout(() => { copy.textContent = 'Copy'; }, 2000);
    },
  }, 'Copy');
  const shown = el('code', null, command);
  return el('div', { class: 'how-to' },
    el('p', null, el('strong', null, 'No messages yet. '), 'Post the first one as the app would, with Slack’s own method; it shows up here at once:'),
    el('div', { class: 'command' }, el('pre', { tabindex: '0' }, shown), copy),
    el('p', null, 'Or write something below, as the person you are acting as. An alert sent to ThreadGrains for this channel arrives here too; ', el('code', null, './run'), ' prints the command for that.'));
}
