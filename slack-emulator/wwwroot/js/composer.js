// The box at the bottom in which a person writes. Drafts stay with their conversation.

import { el, icon } from './elements.js';

/** As Slack's own clients do: what a person types is text, not markup for links and mentions. */
const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export class Composer {
  #drafts = new Map();
  #subject = null;
  #sending = false;
  #text;
  #send;
  #trouble;
  #note;
  #frame;
  #form;

  /** @param send async (text): rejects with what went wrong */
  constructor(form, { id, testid, label, send }) {
    this.#trouble = el('p', { class: 'composer-trouble', role: 'alert', hidden: true });
    this.#note = el('p', { class: 'composer-note', hidden: true });
    this.#text = el('textarea', { id, rows: 1, 'aria-label': label, 'data-testid': testid, autocomplete: 'off', maxlength: 12000, dir: 'auto' });
    this.#send = el('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)', 'aria-disabled': 'true' }, icon('send', 17));
    this.#frame = el('div', { class: 'composer-frame' }, this.#text, this.#send);
    this.#form = form;
    form.append(this.#trouble, this.#note, this.#frame);
    this.#text.addEventListener('input', () => this.#changed());
    this.#text.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener('submit', async event => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (!text || this.#sending) return;
      const subject = this.#subject;
      this.#sending = true;
      this.#changed();
      try {
        await send(escaped(text));
        this.#drafts.delete(subject);
        if (subject === this.#subject) this.#text.value = '';
        this.#trouble.hidden = true;
      } catch (problem) {
        this.#trouble.textContent = `Not sent: ${problem.message}`;
        this.#trouble.hidden = false;
      } finally {
        this.#sending = false;
        this.#changed();
      }
    });
  }

  /** @param closed why nothing can be written here, if so */
  show(subject, placeholder, closed) {
    this.#form.hidden = false;
    this.#text.placeholder = placeholder;
    this.#frame.hidden = Boolean(closed);
    this.#note.hidden = !closed;
    this.#note.textContent = closed ?? '';
    if (subject === this.#subject) return;
    if (this.#subject) this.#drafts.set(this.#subject, this.#text.value);
    this.#subject = subject;
    this.#text.value = this.#drafts.get(subject) ?? '';
    this.#trouble.hidden = true;
    this.#changed();
  }

  hide() {
    this.#form.hidden = true;
  }

  focus() {
    this.#text.focus();
  }

  #changed() {
    this.#send.setAttribute('aria-disabled', String(this.#sending || !this.#text.value.trim()));
    this.#text.style.height = 'auto';
    this.#text.style.height = `${Math.min(this.#text.scrollHeight, 200)}px`;
  }
}
