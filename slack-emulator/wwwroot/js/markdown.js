// The standard Markdown of Slack's `markdown` block, as far as alerts use it: headings, lists, quotes, fences, bold, italic, code, links.

import { el } from './elements.js';
import { anchor, safeHref } from './mrkdwn.js';
import { withEmoji } from './emoji.js';

const MAX_DEPTH = 6;
const MAX_LENGTH = 12_000; // Slack's limit for all markdown blocks of a message
const LIST = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;

export function markdown(text) {
  const nodes = [];
  const all = text.slice(0, MAX_LENGTH).split('\n');
  for (let at = 0; at < all.length;) {
    const row = all[at];
    if (/^\s*```/.test(row)) {
      const code = [];
      for (at++; at < all.length && !/^\s*```/.test(all[at]); at++) code.push(all[at]);
      at++;
      nodes.push(el('pre', { tabindex: '0' }, el('code', null, code.join('\n'))));
    } else if (/^#{1,6}\s/.test(row)) {
      nodes.push(el('p', { class: 'md-heading' }, ...inline(row.replace(/^#+\s+/, ''), 0)));
      at++;
    } else if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(row)) {
      nodes.push(el('hr'));
      at++;
    } else if (/^\s*>/.test(row)) {
      const quoted = [];
      for (; at < all.length && /^\s*>/.test(all[at]); at++) quoted.push(all[at].replace(/^\s*> ?/, ''));
      nodes.push(el('blockquote', { dir: 'auto' }, ...broken(quoted)));
    } else if (LIST.test(row)) {
      const ordered = LIST.exec(row)[1];
      const list = el(ordered ? 'ol' : 'ul', ordered && ordered !== '1' ? { start: ordered } : null);
      for (let item; at < all.length && (item = LIST.exec(all[at])); at++) list.append(el('li', null, ...inline(item[2], 0)));
      nodes.push(list);
    } else if (row.trim() === '') {
      at++;
    } else {
      const paragraph = [];
      for (; at < all.length && all[at].trim() !== '' && !/^\s*(?:```|#{1,6}\s|>)/.test(all[at]) && !LIST.test(all[at]); at++) paragraph.push(all[at]);
      if (paragraph.length === 0) paragraph.push(all[at++]);
      nodes.push(el('p', { dir: 'auto' }, ...broken(paragraph)));
    }
  }
  return nodes;
}

const broken = rows => rows.flatMap((row, at) => at === 0 ? inline(row, 0) : [el('br'), ...inline(row, 0)]);

// Every alternative is bounded, so that hostile text (nothing but marks that never end) costs at most its length times the bound.
const MARK = /`([^`\n]{1,400})`|\*\*([^*\n]{1,400})\*\*|__([^_\n]{1,400})__|~~([^~\n]{1,400})~~|\*([^*\s][^*\n]{0,400})\*|\b_([^_\n]{1,400})_\b|\[([^\]\n]{1,400})\]\(([^()\s]{1,3000})\)/g;

function inline(text, depth) {
  if (depth > MAX_DEPTH) return withEmoji(text);
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole, code, strong, strong2, strike, em, em2, label, address] = match;
    const href = address ? safeHref(address) : null;
    nodes.push(...withEmoji(text.slice(from, match.index)));
    from = match.index + whole.length;
    if (code) nodes.push(el('code', null, code));
    else if (strong ?? strong2) nodes.push(el('strong', null, ...inline(strong ?? strong2, depth + 1)));
    else if (strike) nodes.push(el('s', null, ...inline(strike, depth + 1)));
    else if (em ?? em2) nodes.push(el('em', null, ...inline(em ?? em2, depth + 1)));
    else if (href) nodes.push(anchor(href, ...inline(label, depth + 1)));
    else nodes.push(whole);
  }
  nodes.push(...withEmoji(text.slice(from)));
  return nodes;
}
