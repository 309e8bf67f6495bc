// Who wrote a message, and how ids are shown.

import { el } from './elements.js';

const TINTS = 8;
const NO_NAMES = { team: '', userName: () => null, channelName: () => null };

export const displayName = user => user.realName || user.name || user.id;

export function namesOf(workspace) {
  if (!workspace) return NO_NAMES;
  return {
    team: workspace.team,
    userName: id => {
      const user = workspace.users.find(one => one.id === id);
      return user ? displayName(user) : null;
    },
    channelName: id => workspace.channels.find(one => one.id === id)?.name ?? null,
  };
}

/** People one can act as: the app's own user is not one of them. */
export const people = workspace => (workspace?.users ?? []).filter(user => user.id !== workspace.botUser && user.id !== 'USLACKBOT');

export function author(message, workspace) {
  const ours = message.bot_id ? message.bot_id === workspace?.botId : message.user === workspace?.botUser;
  if (message.bot_id || ours) {
    const bot = ours ? workspace?.users.find(user => user.id === workspace.botUser) : null;
    return { id: message.bot_id ?? message.user, name: message.username || (bot ? displayName(bot) : ours ? 'ThreadGrains' : `App ${message.bot_id}`), isApp: true };
  }
  return { id: message.user ?? '', name: namesOf(workspace).userName(message.user) ?? message.user ?? 'Unknown', isApp: false };
}

export function avatar({ id, name, isApp }, size = '') {
  if (isApp) return el('span', { class: `avatar avatar-app ${size}`, 'aria-hidden': 'true' }, el('img', { src: 'icon.svg', alt: '' }));
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + sign.codePointAt(0)) % 65_521;
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : null].filter(Boolean).map(word => [...word][0]).join('').toUpperCase();
  return el('span', { class: `avatar tint-${sum % TINTS} ${size}`, 'aria-hidden': 'true' }, initials || '?');
}
