// Times as a reader wants them. The page speaks English; the clock follows the reader's habit of 12 or 24 hours.

const hour12 = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
const format = options => new Intl.DateTimeFormat('en', options);
const clockFormat = format({ hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit', hour12 });
const secondsFormat = format({ hour: hour12 ? 'numeric' : '2-digit', minute: '2-digit', second: '2-digit', hour12 });
const dayFormat = format({ weekday: 'long', month: 'long', day: 'numeric' });
const fullFormat = format({ dateStyle: 'full' });

/** Slack's ts is seconds since 1970 with six decimals. */
export const ofTs = ts => new Date(Number.parseFloat(ts) * 1000);

export const clock = date => clockFormat.format(date);
export const exact = date => `${fullFormat.format(date)} at ${secondsFormat.format(date)}`;
export const dayKey = date => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;

function daysAgo(date) {
  const now = new Date();
  return Math.round((new Date(now.getFullYear(), now.getMonth(), now.getDate())
    - new Date(date.getFullYear(), date.getMonth(), date.getDate())) / 86_400_000);
}

export function day(date) {
  const ago = daysAgo(date);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  return date.getFullYear() === new Date().getFullYear() ? dayFormat.format(date) : format({ dateStyle: 'long' }).format(date);
}

export function ago(date) {
  const minutes = Math.floor((Date.now() - date) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (daysAgo(date) === 0) return `${Math.floor(minutes / 60)} h ago`;
  if (daysAgo(date) === 1) return `yesterday at ${clock(date)}`;
  return `${format({ month: 'short', day: 'numeric' }).format(date)} at ${clock(date)}`;
}

/** Slack's <!date^seconds^format>: the names in braces are replaced, everything else stays. */
export function slackDate(seconds, pattern) {
  const date = new Date(seconds * 1000);
  const near = daysAgo(date);
  const pretty = plain => near === 0 ? 'today' : near === 1 ? 'yesterday' : near === -1 ? 'tomorrow' : plain;
  const long = fullFormat.format(date);
  const middle = format({ month: 'long', day: 'numeric', year: 'numeric' }).format(date);
  const short = format({ month: 'short', day: 'numeric', year: 'numeric' }).format(date);
  const parts = {
    date_num: `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`,
    date: middle,
    date_short: short,
    date_long: long,
    date_pretty: pretty(middle),
    date_short_pretty: pretty(short),
    date_long_pretty: pretty(long),
    time: clock(date),
    time_secs: secondsFormat.format(date),
    ago: ago(date),
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => Object.hasOwn(parts, name) ? parts[name] : whole);
}
