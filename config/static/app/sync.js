// What the leading tab does for the phone: follow the stream, send the outbox, ask for the place, tell the
// desk how much is unsent. It writes the store; the screens read it.

import { chime } from "./alarm.js";
import { stamp } from "./clock.js";
import { CLOSED, isOpen, locationMode, newer } from "./facts.js";
import { Locator } from "./location.js";
import { hurry as hurryOutbox, run as sendOutbox } from "./outbox.js";
import { app, duty, isCrew, openAssignment, reload, tell, toast, touched, whenChanged } from "./state.js";
import { Stream } from "./stream.js";
import { all, change, clear, dropMeta, inState, put, read, replaceAll, setMeta, settle } from "./store.js";
import { call, currentToken, SignedOut, Unreachable, useToken } from "./wire.js";
import { t } from "./words.js";

const STATUS_EVERY_MS = 60_000;
const ME_EVERY_MS = 300_000;
const KEEP_CLOSED_MS = 12 * 3600_000;

let stream = null;
const locator = new Locator({
  fix(fix) { app.location.fix = fix; touched(); },
  problem(word) { app.location.problem = word; tell(); },
});
export const askPlace = () => locator.ask();
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
  const answered = (row, answer) => takeAnswer(row, answer);
  try {
    await Promise.all([
      stream.run(term.signal),
      sendOutbox(term.signal, { changed: touched, answered, signedOut }),
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
  if (stream?.say(status)) { told = words; toldAt = Date.now(); }
}

export async function refreshMe() {
  const { status, body } = await call("GET", "/api/v1/me");
  if (status === 200) await setMeta("me", body);
  await touched();
}

async function askAlert() {
  const { status, body } = await call("GET", `/api/v1/alerts/${app.alert.id}`);
  if (status !== 200 || body.state === app.alert.state) return;
  await setMeta("alert", { ...app.alert, state: body.state, answered_at: body.answered_at });
  if (body.state === "answered") chime();
  await touched();
}

// Fetch what is open, and what became of what we still hold open.
export async function refresh() {
  await refreshMe();
  if (isCrew()) await refreshAssignments();
  else await refreshBox("notices", "/api/v1/notices");
  await refreshBox("drills", "/api/v1/drills?state=open");
  await touched();
}

async function refreshBox(box, path) {
  const { status, body } = await call("GET", path);
  if (status !== 200) return;
  const known = new Map((await all(box)).map((row) => [row.id, row]));
  await replaceAll(box, body.results.map((row) => ({ ...doneOf(known.get(row.id)), ...row })));
}

// What this phone did with a notice or drill outlives what the server tells of it.
const doneOf = (row) => Object.fromEntries(["answer", "replied"].filter((key) => row?.[key]).map((key) => [key, row[key]]));

async function keepRow(box, told) {
  const known = await read(box, (store) => store.get(told.id));
  await put(box, { ...doneOf(known), ...told });
}

async function refreshAssignments() {
  const { status, body } = await call("GET", "/api/v1/assignments?state=open");
  if (status !== 200) return;
  const listed = new Set(body.results.map((one) => one.id));
  for (const one of body.results) await keepAssignment(one);
  for (const one of await all("assignments")) {
    if (!isOpen(one)) { if (Date.now() - Date.parse(one.dispatched_at) > KEEP_CLOSED_MS) await change("assignments", (store) => store.delete(one.id)); continue; }
    if (listed.has(one.id)) continue;
    const answer = await call("GET", `/api/v1/assignments/${one.id}`);
    if (answer.status === 200) await keepAssignment(answer.body);
    if (answer.status === 404) await change("assignments", (store) => store.delete(one.id));
  }
}

async function keepAssignment(one) {
  const known = await read("assignments", (store) => store.get(one.id));
  const kept = newer(known, one);
  if (known && isOpen(known) && CLOSED.includes(kept.state)) await setMeta("closedAtMs", Date.now());
  await put("assignments", kept);
}

async function takeEvent({ kind, data }) {
  const [topic] = kind.split(".");
  if (topic === "assignment") await keepAssignment(data);
  else if (topic === "notice" || topic === "drill") await keepRow(`${topic}s`, data);
  else if (topic === "alert" && app.alert?.id === data.id) await setMeta("alert", { ...app.alert, ...data });
  else if (kind === "incident.updated") await takeIncident(data);
  if (["notice.issued", "notice.updated", "drill.called"].includes(kind)) chime();
  if (kind === "assignment.cancelled") toast(t("cancelled"), { ms: 15_000 });
  await touched();
  if (document.hidden && ["assignment.dispatched", "drill.called", "notice.issued"].includes(kind)) await announce(kind);
}

async function takeIncident(incident) {
  for (const one of (await all("assignments")).filter((row) => row.incident.id === incident.id)) {
    const caller = incident.caller ?? one.incident.caller;
    await put("assignments", { ...one, incident: { ...one.incident, ...incident, caller } });
  }
}

// The page is not looked at: let the system say that there is something, without anything personal.
async function announce(kind) {
  if (!("Notification" in self) || Notification.permission !== "granted") return;
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.showNotification(t(`announce.${kind}`), { tag: kind, renotify: true, requireInteraction: true, vibrate: [600, 200, 600] });
}

async function takeAnswer(row, { status, body }) {
  if (row.kind === "step") {
    const assignment = status === 200 ? body : body?.assignment;
    if (assignment?.id) await keepAssignment(assignment);
  } else if (row.kind === "duty") await refreshMe();
  else if (row.kind === "read" && status === 200) await keepRow("notices", body);
  else if (row.kind === "answer" && status < 300) await markDone("notices", row.notice, { answer: row.body });
  else if (row.kind === "drill" && status < 300) await markDone("drills", row.drill, { replied: true });
  if (status >= 400 && row.kind !== "seen") toast(t("refused.toast"), { ms: 8000 });
}

async function markDone(box, id, fields) {
  const row = await read(box, (store) => store.get(id));
  if (row) await put(box, { ...row, ...fields });
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
