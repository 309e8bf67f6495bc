// Slack's rich_text block: what people's own messages are made of. Sections, lists, quotes and preformatted text.

import { el } from './elements.js';
import { anchor, safeHref } from './mrkdwn.js';
import { emoji } from './emoji.js';
import { link as addressOf } from './address.js';
import { slackDate } from './times.js';

export function richText(block, names) {
  return (block.elements ?? []).map(part => {
    switch (part.type) {
      case 'rich_text_section': return el('div', { class: 'text', dir: 'auto' }, ...pieces(part, names));
      case 'rich_text_quote': return el('blockquote', { dir: 'auto' }, ...pieces(part, names));
      case 'rich_text_preformatted': return el('pre', { tabindex: '0' }, el('code', null, ...pieces(part, names)));
      case 'rich_text_list': {
        const list = el(part.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${Math.min(Number(part.indent) || 0, 6)}` });
        for (const item of part.elements ?? []) list.append(el('li', { dir: 'auto' }, ...pieces(item, names)));
        return list;
      }
      default: return null;
    }
  }).filter(Boolean);
}

const pieces = (part, names) => (part.elements ?? []).map(piece => styled(node(piece, names), piece.style));

function node(piece, names) {
  switch (piece.type) {
    case 'text': return String(piece.text ?? '');
    case 'link': {
      const href = safeHref(piece.url);
      return href ? anchor(href, String(piece.text ?? piece.url)) : String(piece.text ?? piece.url ?? '');
    }
    case 'user': return el('span', { class: 'mention' }, `@${names.userName(piece.user_id) ?? piece.user_id}`);
    case 'usergroup': return el('span', { class: 'mention' }, `@${piece.usergroup_id}`);
    case 'channel': return el('a', { class: 'mention', href: addressOf(names.team, String(piece.channel_id)) }, `#${names.channelName(piece.channel_id) ?? piece.channel_id}`);
    case 'broadcast': return el('span', { class: 'mention mention-all' }, `@${piece.range}`);
    case 'emoji': return emoji(String(piece.name)) ?? `:${piece.name}:`;
    case 'date': return slackDate(Number(piece.timestamp), String(piece.format ?? ''));
    default: return String(piece.text ?? piece.value ?? '');
  }
}

function styled(content, style) {
  for (const [name, tag] of [['code', 'code'], ['strike', 's'], ['italic', 'em'], ['bold', 'strong']]) {
    if (style?.[name]) content = el(tag, null, content);
  }
  return content;
}
