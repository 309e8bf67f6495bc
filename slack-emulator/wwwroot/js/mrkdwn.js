// Slack's mrkdwn: text that came escaped (&amp; &lt; &gt;), with <...> for links and mentions.
// Source of the rules: Slack, "Formatting text for app surfaces". Input is hostile; output is DOM nodes.

import { el } from './elements.js';
import { withEmoji } from './emoji.js';
import { link as addressOf } from './address.js';
import { slackDate } from './times.js';

const MAX_DEPTH = 8; // nesting of bold, italic, strike; deeper marks are shown as they stand
const STYLES = { '*': 'strong', _: 'em', '~': 's' };
const WORD = /[\p{L}\p{N}]/u;

/** One pass, so that &amp;lt; becomes &lt; and not <. */
export const decode = text => text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' })[name]);

/** Only these become anchors; javascript:, data: and the rest stay text. */
export function safeHref(address) {
  try {
    const url = new URL(address);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export const anchor = (href, ...label) => el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...label);

/** @param names {userName(id), channelName(id), team}: how ids are shown */
export function mrkdwn(text, names) {
  const nodes = [];
  // Code blocks first: nothing inside them is markup.
  const parts = text.split(/```/);
  const closed = parts.length % 2 === 1;
  parts.forEach((part, at) => {
    if (at % 2 === 1 && (closed || at < parts.length - 1)) {
      const code = part.replace(/^\n/, '').replace(/\n$/, '');
      nodes.push(el('pre', { tabindex: code.length > 80 || code.includes('\n') ? '0' : null }, el('code', null, bare(code, names))));
    } else {
      const shown = at % 2 === 1 ? '```' + part : part;
      if (shown) nodes.push(...lines(shown, names, at > 0, at < parts.length - 1));
    }
  });
  return nodes;
}

function lines(text, names, afterCode, beforeCode) {
  // The line ends that touch a code block belong to it: it is a block of its own anyway.
  if (afterCode) text = text.replace(/^\n/, '');
  if (beforeCode) text = text.replace(/\n$/, '');
  const nodes = [];
  let quoted = [];
  let plain = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.join('\n'), names, 0));
    if (quoted.length) nodes.push(el('blockquote', { dir: 'auto' }, ...inline(quoted.join('\n'), names, 0)));
    plain = [];
    quoted = [];
  };
  const all = text.split('\n');
  for (let at = 0; at < all.length; at++) {
    const whole = /^(?:&gt;|>){3} ?/.exec(all[at]);
    if (whole) {
      flush();
      quoted = [all[at].slice(whole[0].length), ...all.slice(at + 1)];
      break;
    }
    const quote = /^(?:&gt;|>) ?/.exec(all[at]);
    if (quote) {
      if (plain.length) flush();
      quoted.push(all[at].slice(quote[0].length));
    } else {
      if (quoted.length) flush();
      plain.push(all[at]);
    }
  }
  flush();
  return nodes;
}

/** Inside code: ids are resolved and entities decoded, but nothing is styled. */
function bare(text, names) {
  return text.split(/(<[^<>\n]+>)/).map((part, at) => at % 2 === 0 ? decode(part) : angle(part.slice(1, -1), names, MAX_DEPTH)?.textContent ?? decode(part)).join('');
}

function inline(text, names, depth) {
  const nodes = [];
  const hopeless = {}; // per mark: up to where a search for its end has failed already; keeps hostile text linear
  let run = '';
  const flush = () => {
    if (run) nodes.push(...words(run));
    run = '';
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '\n') {
      flush();
      nodes.push(el('br'));
    } else if (sign === '`' && !(at < (hopeless['`'] ?? 0))) {
      const end = codeEnd(text, at);
      if (end < 0) {
        hopeless['`'] = lineEnd(text, at);
        run += sign;
        continue;
      }
      flush();
      nodes.push(el('code', null, bare(text.slice(at + 1, end), names)));
      at = end;
    } else if (sign === '<') {
      const end = angleEnd(text, at);
      const node = end < 0 ? null : angle(text.slice(at + 1, end), names, depth);
      if (!node) {
        run += sign;
        continue;
      }
      flush();
      nodes.push(node);
      at = end;
    } else if (STYLES[sign] && depth < MAX_DEPTH && opens(text, at) && !(at < (hopeless[sign] ?? 0))) {
      const end = styleEnd(text, at, sign);
      if (end < 0) {
        hopeless[sign] = lineEnd(text, at);
        run += sign;
        continue;
      }
      flush();
      nodes.push(el(STYLES[sign], null, ...inline(text.slice(at + 1, end), names, depth + 1)));
      at = end;
    } else {
      run += sign;
    }
  }
  flush();
  return nodes;
}

function lineEnd(text, from) {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function codeEnd(text, from) {
  const end = text.indexOf('`', from + 1);
  return end > from + 1 && end < lineEnd(text, from) ? end : -1;
}

function angleEnd(text, from) {
  for (let at = from + 1; at < text.length && at - from < 4000; at++) {
    if (text[at] === '>') return at > from + 1 ? at : -1;
    if (text[at] === '<' || text[at] === '\n') return -1;
  }
  return -1;
}

const opens = (text, at) => !(at > 0 && WORD.test(text[at - 1])) && at + 1 < text.length && !/\s/.test(text[at + 1]) && text[at + 1] !== text[at];

function styleEnd(text, from, sign) {
  const stop = lineEnd(text, from);
  for (let at = from + 1; at < stop; at++) {
    if (text[at] === '<') {
      const end = angleEnd(text, at);
      if (end > 0) at = end;
    } else if (text[at] === '`') {
      const end = codeEnd(text, at);
      if (end > 0) at = end;
    } else if (text[at] === sign && at > from + 1 && !/\s/.test(text[at - 1]) && !(at + 1 < stop && WORD.test(text[at + 1]))) {
      return at;
    }
  }
  return -1;
}

/** What stands in <...>, or null: then the brackets are shown as they are. */
function angle(inner, names, depth) {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : inner.slice(bar + 1);
  let match;
  if ((match = /^@([UW][A-Z0-9]{2,})$/.exec(target))) return el('span', { class: 'mention' }, `@${names.userName(match[1]) ?? (label && decode(label)) ?? match[1]}`);
  if ((match = /^#([CGD][A-Z0-9]{2,})$/.exec(target))) {
    return el('a', { class: 'mention', href: addressOf(names.team, match[1]) }, `#${names.channelName(match[1]) ?? ((label && decode(label)) || match[1])}`);
  }
  if ((match = /^!subteam\^(S[A-Z0-9]{2,})$/.exec(target))) return el('span', { class: 'mention' }, label ? `@${decode(label).replace(/^@/, '')}` : `@${match[1]}`);
  if ((match = /^!(here|channel|everyone)$/.exec(target))) return el('span', { class: 'mention mention-all' }, `@${match[1]}`);
  if ((match = /^!date\^(\d{1,12})\^([^^]*)(?:\^(.*))?$/.exec(target))) {
    const shown = el('time', { title: label ? decode(label) : null }, slackDate(Number(match[1]), decode(match[2])));
    const href = match[3] ? safeHref(decode(match[3])) : null;
    return href ? anchor(href, shown) : shown;
  }
  const href = safeHref(decode(target));
  if (!href) return null;
  if (label === null || label === '') return anchor(href, decode(target).replace(/^mailto:/, ''));
  return anchor(href, ...inline(label, names, Math.max(depth, MAX_DEPTH - 3)));
}

/** A run without markup: entities, emoji, and addresses that somebody wrote without brackets. */
function words(text) {
  return decode(text).split(/(https?:\/\/[^\s<>|"]+[^\s<>|".,;:!?)\]'*_~])/).flatMap((part, at) => {
    const href = at % 2 === 1 ? safeHref(part) : null;
    return href ? [anchor(href, part)] : part ? withEmoji(part) : [];
  });
}
