// The page's one dialog: a question before something is done, or a message as it is stored.

import { el, icon } from './elements.js';

const dialog = document.getElementById('dialog');

function open(...content) {
  dialog.replaceChildren(...content.filter(Boolean));
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(dialog.returnValue), { once: true }));
}

const close = value => () => dialog.close(value);

/** @returns whether the answer was yes */
export async function confirm({ title, text, yes, no = 'Cancel', danger = false }) {
  dialog.returnValue = '';
  const answer = await open(
    el('h2', { id: 'dialog-title' }, title),
    text && el('div', { class: 'dialog-text' }, ...[text].flat()),
    el('div', { class: 'dialog-actions' },
      el('button', { type: 'button', class: 'button', onclick: close('no') }, no),
      el('button', { type: 'button', class: `button ${danger ? 'button-danger-full' : 'button-primary'}`, autofocus: true, 'data-testid': 'confirm', onclick: close('yes') }, yes)));
  return answer === 'yes';
}

export function showSource(message) {
  return open(
    el('div', { class: 'dialog-head' },
      el('h2', { id: 'dialog-title' }, 'Message as stored'),
      el('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close('') }, icon('close'))),
    el('pre', { class: 'source', tabindex: '0' }, JSON.stringify(message, null, 2)));
}

// A click beside the dialog closes it, as everywhere.
dialog.addEventListener('click', event => event.target === dialog && dialog.close(''));
