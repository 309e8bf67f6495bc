// Clicks on way to the app. Slack shows a person that their click is under way, and that it was lost; so does this page,
// and says which status the app's answer had.

import * as api from './api.js';
import { confirm } from './dialogs.js';
import { decode } from './mrkdwn.js';

const DELIVERED_MS = 4000; // how long the note of an accepted click stays

/** @returns {all: Map by ts of {state: 'sending'|'failed'|'delivered', actionId, text}, press, report} */
export function presser({ changed }) {
  const all = new Map();
  const set = (ts, press) => {
    all.set(ts, press);
    changed();
  };

  async function press(click, element) {
    if (all.get(click.ts)?.state === 'sending') return;
    if (element.confirm && !await confirm(question(element.confirm))) return;
    set(click.ts, { state: 'sending', actionId: click.actionId });
    set(click.ts, await send(click));
    const ended = all.get(click.ts);
    if (ended.state === 'delivered') {
      setTimeout(() => {
        if (all.get(click.ts) !== ended) return;
        all.delete(click.ts);
        changed();
      }, DELIVERED_MS);
    }
  }

  return { all, press, report: (ts, text) => set(ts, { state: 'failed', text }) };
}

async function send(click) {
  try {
    const { status, body } = await api.click(click) ?? {};
    if (status >= 200 && status < 300) return { state: 'delivered', text: `Webhook delivered: the app answered ${status}.` };
    const said = typeof body === 'string' ? body : body ? JSON.stringify(body) : '';
    return { state: 'failed', text: status
      ? `The app answered ${status}, so this click is lost.${said ? ` It said: ${said.slice(0, 300)}` : ''}`
      : `The app did not answer, so this click is lost.${said ? ` ${said.slice(0, 300)}` : ''}` };
  } catch (problem) {
    return { state: 'failed', text: problem instanceof api.Refusal
      ? `The click was not sent. The emulator answered ${problem.status}: ${problem.message}`
      : 'The click was not sent: the emulator does not answer.' };
  }
}

/** The element's own question before it acts, as the app wrote it. */
const question = dialog => ({
  title: decode(String(dialog.title?.text ?? 'Are you sure?')),
  text: decode(String(dialog.text?.text ?? '')),
  yes: decode(String(dialog.confirm?.text ?? 'Yes')),
  no: decode(String(dialog.deny?.text ?? 'Cancel')),
  danger: dialog.style === 'danger',
});
