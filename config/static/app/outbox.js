// What this phone has yet to say. Every record keeps its own id and time from the moment it was made;
// it leaves the queue only by an answer: taken ("sent") or refused ("refused", kept aside and shown).
// Lanes go in order each, beside one another: a photo never holds up a button, nor a button a call for help.

import { stamp, stamps } from "./clock.js";
import { change, countIn, countWaiting, forgetSent, settle, waitingIn } from "./store.js";
import { call, Pause, SignedOut, Unreachable } from "./wire.js";

const BATCH = 500;
const KEEP_SENT_MS = 24 * 3600_000;
const LANES = ["alerts", "acts", "photos", "check_ins"];
const PRESSED = new Set(["alerts", "acts"]);
const doorbells = new Map();
const news = new Map(); // how often something was put into a lane

// Keep a record; resolves when it is on the disk. body or form: what will be sent to `path`.
export async function keep(record) {
  const row = { state: "waiting", tries: 0, ...record };
  const n = await change("records", (store) => store.add(row));
  ring(row.lane);
  return n;
}

// Take back a record that waits out its moment of undo. True where it was not sent yet.
export const takeBack = (n) =>
  new Promise((resolve) => {
    change("records", (store) => {
      const asked = store.get(n);
      asked.onsuccess = () => {
        const free = asked.result && asked.result.state === "waiting" && Date.now() < (asked.result.notBefore || 0);
        if (free) store.delete(n);
        resolve(Boolean(free));
      };
    });
  });

// Something new is in a lane. A lane that waits out a failure heeds a person's press, not the next fix.
function ring(lane) {
  news.set(lane, (news.get(lane) || 0) + 1);
  const bell = doorbells.get(lane);
  if (bell && (bell.idle || PRESSED.has(lane))) bell.end();
}

// The network is back, or a person asks: try all that does not wait by the server's own word.
export function hurry() {
  for (const bell of [...doorbells.values()]) bell.end();
}

export async function counts() {
  const [waiting, refused, photos] = await Promise.all([countIn("waiting"), countIn("refused"), countWaiting("photos")]);
  return { waiting, refused, photos };
}

// Send until told to stop. `on`: {changed(), answered(record, answer), signedOut()}.
export async function run(signal, on) {
  await forgetSent(stamp(Date.now() - KEEP_SENT_MS));
  await Promise.all(LANES.map((lane) => follow(lane, signal, on)));
}

async function follow(lane, signal, on) {
  const pause = new Pause();
  while (!signal.aborted) {
    const known = news.get(lane);
    try {
      const waitMs = await sendNext(lane, on);
      pause.reset();
      if (waitMs > 0 && news.get(lane) === known) await silence(lane, waitMs, signal, { idle: true });
    } catch (problem) {
      if (problem instanceof SignedOut) { on.signedOut(); return; }
      if (!(problem instanceof Unreachable)) console.error(problem);
      on.changed();
      await silence(lane, pause.take(problem.afterS || 0), signal, { deaf: problem.afterS > 0 });
    }
  }
}

// Send what is first in the lane; returns how long to wait for more, in ms.
async function sendNext(lane, on) {
  const rows = await waitingIn(lane, lane === "check_ins" ? BATCH : 1);
  if (!rows.length) return 60_000;
  const early = (rows[0].notBefore || 0) - Date.now();
  if (early > 0) return Math.min(early, 10_000);
  if (lane === "check_ins") await sendCheckIns(rows, on);
  else await sendAct(rows[0], on);
  on.changed();
  return 0;
}

async function sendCheckIns(rows, on) {
  const { status, body } = await call("POST", "/api/v1/check-ins", { check_ins: rows.map((row) => row.body), ...stamps() });
  if (status !== 200 && rows.length > 1 && status !== 403) {
    for (const row of rows) await sendCheckIns([row], on); // one bad row must not hold the others back
    return;
  }
  const told = new Map(((body && body.results) || []).map((one) => [one.id, one]));
  const changes = rows.map((row) => [row.n, fate(status, body, told.get(row.id))]).filter(([, fields]) => fields);
  if (!changes.length) throw new Unreachable("no result for any check-in");
  await settle(changes);
}

// A 200 without a row's result says nothing about that row: it stays.
function fate(status, body, result) {
  if (status !== 200) return { state: "refused", problem: problemOf(status, body) };
  if (!result) return null;
  if (result.status !== "rejected") return { state: "sent", sentAt: stamp() };
  const first = (result.errors || [])[0] || {};
  return { state: "refused", problem: { code: first.code || "rejected", detail: first.message || "" } };
}

async function sendAct(row, on) {
  const form = row.form ? formOf(row) : row.body;
  const answer = await call(row.method || "POST", row.path, form, { patienceMs: row.form ? 120_000 : 30_000 });
  const refused = answer.status >= 400;
  const fields = refused ? { state: "refused", problem: problemOf(answer.status, answer.body) } : { state: "sent", sentAt: stamp(), form: undefined };
  try {
    await on.answered(row, answer); // first, or the screen would forget the press for a moment
  } finally {
    await settle([[row.n, fields]]);
  }
}

function formOf(row) {
  const form = new FormData();
  for (const [key, value] of Object.entries(row.form)) {
    if (value instanceof Blob) form.append(key, value, "photo.jpg");
    else if (value !== null && value !== undefined) form.append(key, String(value));
  }
  return form;
}

const problemOf = (status, body) => ({ code: (body && body.code) || `http_${status}`, detail: (body && body.detail) || "" });

// Wait, unless the bell rings; a pause that the server asked for is kept whole.
function silence(lane, ms, signal, { idle = false, deaf = false }) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      doorbells.delete(lane);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (!deaf) doorbells.set(lane, { end, idle });
  });
}
