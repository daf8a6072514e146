// What the screens show, read from the store; every tab has its own copy and hears when another wrote.

import { asPressed, dutyOf, isOpen } from "./facts.js";
import { counts } from "./outbox.js";
import { all, getMeta, inState, oldestWaiting, setMeta, waitingIn } from "./store.js";

export const app = {
  session: null, me: null, leading: false, link: "closed", online: navigator.onLine,
  assignments: [], notices: [], drills: [], acts: [], alertUnsent: false, refused: [], counts: { waiting: 0, refused: 0, photos: 0 },
  oldestAt: null, location: { mode: "off", problem: null, fix: null }, battery: null, alert: null, ready: null,
  settings: {}, closedAtMs: 0, audible: false, toast: null, setup: {},
};

const channel = "BroadcastChannel" in self ? new BroadcastChannel("gerak112-changes") : null;
const listeners = new Set();
let reading = null;
let again = false;

export const whenChanged = (listener) => listeners.add(listener);
export const tell = () => listeners.forEach((listener) => listener());

// Read the store anew, then tell the screens; calls that overlap are one more reading.
export function reload() {
  if (reading) { again = true; return reading; }
  reading = (async () => {
    do {
      again = false;
      await readAll();
    } while (again);
    tell();
  })().finally(() => { reading = null; });
  return reading;
}

// Something was written: this tab and the others look.
export function touched() {
  channel?.postMessage("look");
  return reload();
}
if (channel) channel.onmessage = () => reload();

async function readAll() {
  const [session, me, alert, ready, settings, closedAtMs, assignments, notices, drills, acts, alerts, refused, number, oldest] = await Promise.all([
    getMeta("session"), getMeta("me"), getMeta("alert"), getMeta("ready"), getMeta("settings"), getMeta("closedAtMs"),
    all("assignments"), all("notices"), all("drills"), waitingIn("acts", 500), waitingIn("alerts", 50), inState("refused"), counts(), oldestWaiting(),
  ]);
  const steps = acts.filter((act) => act.kind === "step");
  Object.assign(app, {
    session: session || null, me: me || null, alert: alert || null, ready: ready || null, settings: settings || {},
    closedAtMs: closedAtMs || 0, notices, drills, acts, refused, alertUnsent: alerts.length > 0, counts: number, oldestAt: oldest ? oldest.at : null,
    assignments: assignments.map((one) => asPressed(one, steps)),
  });
}

export const openAssignment = () => app.assignments.filter(isOpen).sort((a, b) => (a.dispatched_at < b.dispatched_at ? 1 : -1))[0] || null;
export const duty = () => dutyOf(app.me, app.acts);
export const isCrew = () => app.session?.person.role === "crew";

export async function setSetting(key, value) {
  await setMeta("settings", { ...app.settings, [key]: value });
  await touched();
}

let toastTimer = 0;
// A short word at the bottom, perhaps with a way back: {text, action, onclick}.
export function toast(text, { action, onclick, ms = 4000 } = {}) {
  app.toast = { text, action, onclick };
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { app.toast = null; tell(); }, ms);
  tell();
}
