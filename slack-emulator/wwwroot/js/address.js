// Where one is, as a link that can be passed on: #/T.../C... and #/T.../C.../ts, which opens that thread.

const ID = /^[A-Z][A-Z0-9]{1,40}$/;
const TS = /^\d{1,12}\.\d{1,6}$/;

export function here() {
  const [, team, channel, ts] = location.hash.slice(1).split('/');
  return {
    team: ID.test(team ?? '') ? team : null,
    channel: ID.test(channel ?? '') ? channel : null,
    ts: TS.test(ts ?? '') ? ts : null,
  };
}

export const link = (team, channel, ts) => `#/${team}/${channel}${ts ? `/${ts}` : ''}`;
