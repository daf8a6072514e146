// Two clocks: the phone's own, which stamps what the phone did, and the server's, as last heard, which
// counts the ten minutes. The difference is shown when it matters, and sent so that the server can judge.

const WRONG_MS = 30_000;
let seen = null; // {server_time, at} as on the wire
let offset = 0; // server minus phone, ms

export const stamp = (ms = Date.now()) => new Date(ms).toISOString();

export function heard(serverTime) {
  if (!serverTime) return;
  const now = Date.now();
  seen = { server_time: serverTime, at: stamp(now) };
  offset = Date.parse(serverTime) - now;
}

export const serverNow = () => Date.now() + offset;
export const offsetMs = () => (seen ? offset : 0);
export const isWrong = () => Math.abs(offsetMs()) > WRONG_MS;

// The two fields by which the server bounds this phone's clock.
export const stamps = () => ({ sent_at: stamp(), ...(seen ? { server_time_seen: seen } : {}) });
