// A scrolling list of messages. It follows the end only if the reader is at the end; otherwise a pill says that there is more.

import { reconcile } from './keyed.js';
import { icon } from './elements.js';

const AT_END_PX = 48;

export class MessageList {
  #scroll;
  #list;
  #pill;
  #subject = null;
  #known = new Set();
  #unseen = 0;
  #wasAtEnd = true;

  constructor(scroll, list, pill) {
    this.#scroll = scroll;
    this.#list = list;
    this.#pill = pill;
    scroll.addEventListener('scroll', () => {
      this.#wasAtEnd = this.#atEnd();
      if (this.#wasAtEnd) this.#seen();
    }, { passive: true });
    // A phone's keyboard or a longer draft makes the list shorter: the end must stay in sight.
    new ResizeObserver(() => this.#wasAtEnd && this.toEnd()).observe(scroll);
    pill.addEventListener('click', () => this.toEnd(true));
    list.addEventListener('keydown', event => this.#walk(event));
    list.addEventListener('focusin', ({ target }) => tools(target, '0'));
    list.addEventListener('focusout', ({ target }) => tools(target, '-1'));
  }

  /** @param subject what the rows are of; another subject starts at its end */
  show(subject, rows, { follow = false } = {}) {
    const fresh = subject !== this.#subject;
    const atEnd = fresh || follow || this.#wasAtEnd;
    const added = fresh ? 0 : rows.filter(row => row.isMessage && !this.#known.has(row.key)).length;
    reconcile(this.#list, rows);
    this.#subject = subject;
    this.#known = new Set(rows.filter(row => row.isMessage).map(row => row.key));
    const messages = this.#list.querySelectorAll('.message');
    messages.forEach((message, at) => { message.tabIndex = at === messages.length - 1 ? 0 : -1; });
    if (atEnd) this.toEnd();
    else if (added) {
      this.#unseen += added;
      this.#pill.replaceChildren(icon('down', 15), this.#unseen === 1 ? 'New message' : `${this.#unseen} new messages`);
      this.#pill.hidden = false;
    }
  }

  toEnd(smooth = false) {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#scroll.scrollTo({ top: this.#scroll.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
    this.#wasAtEnd = true;
    this.#seen();
  }

  /** Older rows were put on top: what is being read stays where it is. */
  keepPlace(change) {
    const fromEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop;
    this.#wasAtEnd = false;
    const before = this.#unseen;
    change();
    this.#unseen = before;
    this.#pill.hidden = before === 0;
    this.#scroll.scrollTop = this.#scroll.scrollHeight - fromEnd;
  }

  reveal(testid) {
    const node = this.#list.querySelector(`[data-testid="${CSS.escape(testid)}"]`);
    node?.scrollIntoView({ block: 'center' });
    return node;
  }

  #atEnd() {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < AT_END_PX;
  }

  #seen() {
    this.#unseen = 0;
    this.#pill.hidden = true;
  }

  #walk(event) {
    if (!event.target.matches('.message') || !['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) return;
    const all = [...this.#list.querySelectorAll('.message')];
    const at = all.indexOf(event.target);
    const next = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    event.preventDefault();
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  }
}

/** A message's own tools are in the tab order only while that message is in use: hundreds of stops help nobody. */
function tools(target, tabindex) {
  target.closest?.('.message')?.querySelectorAll('.tool').forEach(tool => tool.setAttribute('tabindex', tabindex));
}
