// Live events. An EventSource reconnects by itself after a dropped connection, but gives up for good when it is
// answered with an error status; and it never says what it missed. Both are mended here.

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 8000;

/**
 * @param onEvent called with each event
 * @param onState called with 'live' and 'gone' when that changes
 * @param onGap called when events may have been missed: read again what is shown
 */
export function follow({ onEvent, onState, onGap }) {
  let wait = FIRST_RETRY_MS;
  let state = 'connecting';
  let opened = false;

  const change = next => {
    if (state !== next) onState(state = next);
  };

  const connect = () => {
    const source = new EventSource('/emulator/stream');
    source.onopen = () => {
      wait = FIRST_RETRY_MS;
      change('live');
      if (opened) onGap();
      opened = true;
    };
    source.onmessage = ({ data }) => {
      let event;
      try {
        event = JSON.parse(data);
      } catch {
        onGap(); // not an event that we understand: the lists are the truth
        return;
      }
      onEvent(event);
    };
    source.onerror = () => {
      change('gone');
      // The browser's own waiting is up to it; ours is short, so that a restarted emulator is back on the page at once.
      source.close();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LAST_RETRY_MS);
    };
  };
  connect();
}
