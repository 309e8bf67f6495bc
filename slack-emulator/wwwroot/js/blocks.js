// Block Kit. Limits are Slack's business and are checked by the server; here everything that was stored is shown,
// and a block that this page cannot draw says so instead of vanishing.

import { el, icon } from './elements.js';
import { decode, mrkdwn, safeHref } from './mrkdwn.js';
import { markdown } from './markdown.js';
import { richText } from './richText.js';
import { withEmoji } from './emoji.js';

/**
 * @param names how ids are shown
 * @param press called with (element, value?, node) when something interactive is used
 * @param busy action_id whose webhook is under way, if any
 */
export function blocks(list, names, press, busy) {
  return list.map(block => draw(block, { names, press, busy })).filter(Boolean);
}

function draw(block, room) {
  switch (block?.type) {
    case 'header': return el('p', { class: 'block block-header', role: 'heading', 'aria-level': '3', dir: 'auto' }, ...textObject(block.text, room));
    case 'section': return section(block, room);
    case 'context': return el('div', { class: 'block block-context' }, ...(block.elements ?? []).map(part => part?.type === 'image'
      ? picture(part, 'picture-small')
      : el('span', { class: 'text', dir: 'auto' }, ...textObject(part, room))));
    case 'actions': return el('div', { class: 'block block-actions' }, ...(block.elements ?? []).map(part => control(part, room)));
    case 'divider': return el('hr', { class: 'block' });
    case 'image': return el('figure', { class: 'block' },
      block.title && el('figcaption', null, ...textObject(block.title, room)),
      picture(block, 'picture-large'));
    case 'rich_text': return el('div', { class: 'block' }, ...richText(block, room.names));
    case 'markdown': return el('div', { class: 'block block-markdown' }, ...markdown(String(block.text ?? '')));
    default: return el('p', { class: 'block block-unknown' }, `A block of type “${String(block?.type)}”, which this page does not draw.`);
  }
}

function section(block, room) {
  const content = el('div', { class: 'section-content' });
  if (block.text) content.append(el('div', { class: 'text', dir: 'auto' }, ...textObject(block.text, room)));
  if (block.fields?.length) content.append(el('div', { class: 'fields' }, ...block.fields.map(field => el('div', { class: 'text', dir: 'auto' }, ...textObject(field, room)))));
  const beside = block.accessory;
  return el('div', { class: 'block block-section' }, content,
    beside && el('div', { class: 'accessory' }, beside.type === 'image' ? picture(beside, 'picture-middle') : control(beside, room)));
}

function textObject(object, room) {
  if (typeof object?.text !== 'string') return [];
  if (object.type === 'mrkdwn') return mrkdwn(object.text, room.names);
  const shown = decode(object.text);
  return object.emoji === false ? [shown] : withEmoji(shown);
}

/** Remote images are not fetched: this page works offline, and tells nobody that it was looked at. */
function picture(image, size) {
  const words = String(image.alt_text || image.title?.text || 'image');
  return el('span', { class: `picture ${size}`, role: 'img', 'aria-label': words, title: words }, icon('picture'), el('span', { class: 'picture-words' }, words));
}

function control(element, room) {
  switch (element?.type) {
    case 'button': return button(element, room);
    case 'static_select': return select(element, room);
    case 'external_select':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
      return el('select', { class: 'select', disabled: true, 'data-testid': `action-${element.action_id}`, 'aria-label': placeholder(element), title: 'The choices of this menu come from the app. This page does not ask for them.' },
        el('option', null, element.initial_option ? decode(String(element.initial_option.text?.text ?? '')) : placeholder(element)));
    case 'overflow': return select(element, room);
    default: return el('span', { class: 'block-unknown' }, `“${String(element?.type)}”`);
  }
}

function button(element, room) {
  const working = room.busy === element.action_id;
  const href = element.url ? safeHref(element.url) : null;
  const style = ['primary', 'danger'].includes(element.style) ? ` button-${element.style}` : '';
  return el(href ? 'a' : 'button', {
    class: `button${style}`,
    type: href ? null : 'button',
    href,
    target: href ? '_blank' : null,
    rel: href ? 'noopener noreferrer' : null,
    'data-testid': `action-${element.action_id}`,
    'aria-label': element.accessibility_label,
    'aria-busy': working ? 'true' : null,
    'aria-disabled': working ? 'true' : null, // not `disabled`: that would drop the focus
    onclick: () => working || room.press(element, element.value),
  }, el('span', { class: 'button-words' }, ...textObject(element.text, room)), working && el('span', { class: 'spinner', 'aria-hidden': 'true' }));
}

const placeholder = element => decode(String(element.placeholder?.text ?? (element.type === 'overflow' ? 'More' : 'Choose')));

function select(element, room) {
  const chosen = element.initial_option?.value;
  const option = one => el('option', { value: one?.value ?? '', selected: chosen !== undefined && one?.value === chosen }, decode(String(one?.text?.text ?? '')));
  return el('select', {
    class: 'select',
    'data-testid': `action-${element.action_id}`,
    'aria-label': placeholder(element),
    'aria-busy': room.busy === element.action_id ? 'true' : null,
    onchange: ({ target }) => target.value && room.press(element, target.value),
  },
  el('option', { value: '' }, placeholder(element)),
  ...(element.options ?? []).map(option),
  ...(element.option_groups ?? []).map(group => el('optgroup', { label: decode(String(group?.label?.text ?? '')) }, ...(group?.options ?? []).map(option))));
}
