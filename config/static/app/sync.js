// What the leading tab does for the phone: follow the stream, send the outbox, ask for the place, tell the
// desk how much is unsent. It writes the store; the screens read it.

import { chime } from "./alarm.js";
import { stamp } from "./clock.js";
import { locationMode } from "./facts.js";
import { refresh, refreshMe, takeAnswer, takeEvent } from "./inbox.js";
import { Locator } from "./location.js";
import { hurry as hurryOutbox, run as sendOutbox } from "./outbox.js";
import { app, duty, openAssignment, reload, tell, touched, whenChanged } from "./state.js";
import { Stream } from "./stream.js";
import { clear, dropMeta, inState, setMeta, settle } from "./store.js";
import { call, currentToken, SignedOut, Unreachable, useToken } from "./wire.js";

const STATUS_EVERY_MS = 60_000;
const ME_EVERY_MS = 300_000;

let stream = null;
const locator = new Locator({
  fix(fix) { app.location.fix = fix; touched(); },
  problem(word) { app.location.problem = word; tell(); },
});
export function hurry() {
  stream?.wake?.();
  hurryOutbox();
}

whenChanged(() => {
  locator.battery = app.battery?.pct ?? null;
  const mode = locationMode({
    role: app.session?.token ? app.session.person.role : null, duty: duty(),
    open: Boolean(openAssignment()), closedAtMs: app.closedAtMs, nowMs: Date.now(),
  });
  app.location.mode = mode;
  locator.set(app.leading ? mode : "off");
});

// Lead until `signal` aborts or the phone is signed out.
export async function work(signal) {
  await reload();
  if (!app.session?.token) return;
  useToken(app.session.token);
  const term = new AbortController();
  const end = () => term.abort();
  signal.addEventListener("abort", end);
  const signedOut = () => { term.abort(); return forgetToken(); };
  stream = new Stream({ event: takeEvent, reset: refresh, signedOut, state: linkIs });
  try {
    await Promise.all([
      stream.run(term.signal),
      sendOutbox(term.signal, { changed: touched, answered: takeAnswer, signedOut }),
      beat(term.signal, signedOut),
    ]);
  } finally {
    signal.removeEventListener("abort", end);
    stream = null;
    app.link = "closed";
    tell();
  }
}

function linkIs(word) {
  app.link = word === "closed" ? "closed" : word === "polling" ? "polling" : "open";
  if (word === "caught_up") { sayStatus(true); refresh().catch(() => {}); }
  tell();
}

// Every few seconds: what the desk should know, who we are, whether help was answered.
async function beat(signal, signedOut) {
  let meAt = 0;
  while (!signal.aborted) {
    try {
      if (Date.now() - meAt > ME_EVERY_MS && navigator.onLine) { await refreshMe(); meAt = Date.now(); }
      sayStatus(false);
      if (app.alert?.state === "raised" && !app.alertUnsent) await askAlert();
    } catch (problem) {
      if (problem instanceof SignedOut) { await signedOut(); return; }
      if (!(problem instanceof Unreachable)) console.error(problem);
    }
    await new Promise((resolve) => {
      const end = () => { clearTimeout(timer); signal.removeEventListener("abort", end); resolve(); };
      const timer = setTimeout(end, 5000);
      signal.addEventListener("abort", end);
    });
  }
}

let told = "";
let toldAt = 0;
function sayStatus(always) {
  const status = { type: "status", unsent: app.counts.waiting };
  if (app.oldestAt) status.oldest_at = app.oldestAt;
  if (app.battery) status.battery_pct = app.battery.pct;
  const words = `${status.unsent > 0}${status.battery_pct}`;
  if (!always && words === told && Date.now() - toldAt < (status.unsent ? 10_000 : STATUS_EVERY_MS)) return;
  const byPoll = app.link === "polling";
  if (byPoll) call("POST", "/api/v1/status", status).catch(() => {});
  if (byPoll || stream?.say(status)) { told = words; toldAt = Date.now(); }
}

async function askAlert() {
  const { status, body } = await call("GET", `/api/v1/alerts/${app.alert.id}`);
  if (status !== 200 || body.state === app.alert.state) return;
  await setMeta("alert", { ...app.alert, state: body.state, answered_at: body.answered_at });
  if (body.state === "answered") chime();
  await touched();
}

// The server no longer knows this phone: wipe what is personal, keep what was not sent for export.
async function forgetToken() {
  if (!currentToken()) return;
  useToken("");
  const { person, name } = app.session || {};
  await setMeta("session", { person, name, token: null, revokedAt: stamp() });
  const waiting = await inState("waiting");
  await settle(waiting.map((row) => [row.n, { state: "refused", problem: { code: "revoked", detail: "" } }]));
  await Promise.all([clear("assignments"), clear("notices"), clear("drills"), ...["me", "cursor", "alert"].map(dropMeta)]);
  await touched();
}
