// Emoji that alerts use. Those with a drawing look the same on machines without an emoji font (servers, CI, screenshots);
// the rest are left to the reader's font, and names that we do not know stay as they were written.

import { drawing } from './elements.js';

const disc = (fill, edge) => [['circle', { cx: 10, cy: 10, r: 8.5, fill, stroke: edge, 'stroke-width': 1 }]];
const tick = ['path', { d: 'M5.5 10.5l3 3 6-7', fill: 'none', stroke: '#fff', 'stroke-width': 2.4, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }];
const ink = { stroke: '#5b4636', 'stroke-width': 1.3, fill: 'none', 'stroke-linecap': 'round' };

const DRAWN = {
  red_circle: disc('#e0343c', '#b9232b'),
  large_orange_circle: disc('#f2871b', '#cf6d0b'),
  large_yellow_circle: disc('#f6c52c', '#d3a410'),
  large_green_circle: disc('#3ba55d', '#2a8047'),
  large_blue_circle: disc('#3b88d8', '#2a6bb0'),
  white_circle: disc('#f7f7f7', '#a9adb0'),
  black_circle: disc('#2b2d2f', '#111'),
  white_check_mark: [['rect', { x: 1.5, y: 1.5, width: 17, height: 17, rx: 4, fill: '#3ba55d' }], tick],
  heavy_check_mark: [['path', { d: 'M3.5 11l4.5 4.5 9-11', fill: 'none', stroke: '#3ba55d', 'stroke-width': 3, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }]],
  x: [['path', { d: 'M4.5 4.5l11 11M15.5 4.5l-11 11', fill: 'none', stroke: '#e0343c', 'stroke-width': 3, 'stroke-linecap': 'round' }]],
  warning: [
    ['path', { d: 'M10 2.2 18.6 17.2H1.4z', fill: '#f6c52c', stroke: '#d3a410', 'stroke-width': 1.2, 'stroke-linejoin': 'round' }],
    ['path', { d: 'M10 7.4v4.6M10 14.4v.2', stroke: '#3a2f10', 'stroke-width': 2, 'stroke-linecap': 'round' }],
  ],
  eyes: [
    ['ellipse', { cx: 5.6, cy: 10, rx: 4.1, ry: 6.2, fill: '#fff', stroke: '#8a8f92', 'stroke-width': 1 }],
    ['ellipse', { cx: 14.4, cy: 10, rx: 4.1, ry: 6.2, fill: '#fff', stroke: '#8a8f92', 'stroke-width': 1 }],
    ['circle', { cx: 4.4, cy: 11, r: 2, fill: '#3a2f28' }],
    ['circle', { cx: 13.2, cy: 11, r: 2, fill: '#3a2f28' }],
  ],
  bug: [
    ['path', { d: 'M7 8.5 3.5 6.5M7 11H2.8M7 13.5l-3.3 2.3M13 8.5l3.5-2M13 11h4.2M13 13.5l3.3 2.3M8.4 4.6 6.8 2.4M11.6 4.6l1.6-2.2', ...ink }],
    ['ellipse', { cx: 10, cy: 11.6, rx: 4.3, ry: 6, fill: '#6fae3f', stroke: '#4d7d2a', 'stroke-width': 1 }],
    ['circle', { cx: 10, cy: 5.4, r: 2.2, fill: '#4d7d2a' }],
    ['path', { d: 'M10 7.6v9.6', stroke: '#4d7d2a', 'stroke-width': 1 }],
  ],
  '+1': [
    ['path', { d: 'M6.5 9 10 2.2c1.8 0 2.6 1.3 2.2 3l-.6 2.6h4.6c1.2 0 2 1 1.7 2.2l-1.3 6c-.2 1-1 1.6-2 1.6H6.5z', fill: '#f6c52c', stroke: '#c99612', 'stroke-width': 1, 'stroke-linejoin': 'round' }],
    ['rect', { x: 2, y: 9, width: 4.5, height: 8.6, rx: 1, fill: '#3b88d8' }],
  ],
  rotating_light: [
    ['path', { d: 'M5 14V9.5a5 5 0 0 1 10 0V14z', fill: '#e0343c' }],
    ['rect', { x: 3.4, y: 14, width: 13.2, height: 3.6, rx: 1.2, fill: '#6b7073' }],
    ['path', { d: 'M10 1.2v1.6M3.4 3.6l1.2 1.2M16.6 3.6l-1.2 1.2', stroke: '#f2871b', 'stroke-width': 1.6, 'stroke-linecap': 'round' }],
  ],
  fire: [
    ['path', { d: 'M10.4 1.6c.6 3.4 5.6 5.4 5.6 10.3a6 6 0 0 1-12 0c0-2.6 1.4-4 2.3-5.4.5 1.3 1 1.9 1.8 2.3-.3-2.7.4-5.4 2.3-7.2z', fill: '#f2871b' }],
    ['path', { d: 'M10.2 9.4c.3 1.8 2.7 2.7 2.7 5.1a2.9 2.9 0 0 1-5.8 0c0-1.8 1.9-2.7 3.1-5.1z', fill: '#f6c52c' }],
  ],
};
const SAME = { green_circle: 'large_green_circle', orange_circle: 'large_orange_circle', yellow_circle: 'large_yellow_circle', blue_circle: 'large_blue_circle', medium_white_circle: 'white_circle', cross_mark: 'x', thumbsup: '+1' };
const WRITTEN = {
  '🔴': 'red_circle', '🟠': 'large_orange_circle', '🟡': 'large_yellow_circle', '🟢': 'large_green_circle', '🔵': 'large_blue_circle', '⚪': 'white_circle',
  '⚫': 'black_circle', '✅': 'white_check_mark', '✔': 'heavy_check_mark', '❌': 'x', '⚠': 'warning', '👀': 'eyes', '🐛': 'bug', '🚨': 'rotating_light', '🔥': 'fire', '👍': '+1',
};
const FONT = {
  '-1': '👎', thumbsdown: '👎', tada: '🎉', rocket: '🚀', heart: '❤️', smile: '😄', slightly_smiling_face: '🙂',
  thinking_face: '🤔', wave: '👋', pray: '🙏', bell: '🔔', no_bell: '🔕', zzz: '💤', mag: '🔍', link: '🔗', memo: '📝', speech_balloon: '💬',
  bust_in_silhouette: '👤', busts_in_silhouette: '👥', package: '📦', wastebasket: '🗑️', file_cabinet: '🗄️', hourglass: '⌛', clock1: '🕐',
  chart_with_upwards_trend: '📈', chart_with_downwards_trend: '📉', arrow_up: '⬆️', arrow_down: '⬇️', repeat: '🔁', lock: '🔒', key: '🔑',
  question: '❓', exclamation: '❗', information_source: 'ℹ️', large_red_square: '🟥', large_green_square: '🟩', hammer_and_wrench: '🛠️',
};

const NAME_OR_SIGN = new RegExp(`:([a-z0-9_+'-]{1,60}):(?::skin-tone-[2-6]:)?|(${Object.keys(WRITTEN).join('|')})\\ufe0f?`, 'gu');

/** A node for an emoji name, or null when the name is not known. */
export function emoji(name) {
  const known = Object.hasOwn(SAME, name) ? SAME[name] : name;
  if (Object.hasOwn(DRAWN, known)) return drawing(DRAWN[known], { label: `:${name}:`, className: 'emoji' });
  return Object.hasOwn(FONT, known) ? document.createTextNode(FONT[known]) : null;
}

/** Text without markup, its emoji shown. */
export function withEmoji(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(NAME_OR_SIGN)) {
    const node = emoji(match[1] ?? WRITTEN[match[2]]);
    if (!node) continue;
    nodes.push(text.slice(from, match.index), node);
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes.filter(node => node !== '');
}
