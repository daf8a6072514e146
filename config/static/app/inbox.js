// What arrives, put into the store: events of the stream, answers to what was sent, what is open.

import { chime } from "./alarm.js";
import { CLOSED, isOpen, newer } from "./facts.js";
import { isCrew, app, toast, touched } from "./state.js";
import { all, change, put, read, replaceAll, setMeta } from "./store.js";
import { call } from "./wire.js";
import { t } from "./words.js";

const KEEP_CLOSED_MS = 12 * 3600_000;

export async function refreshMe() {
  const { status, body } = await call("GET", "/api/v1/me");
  if (status === 200) await setMeta("me", body);
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
const doneOf = (row) => Object.fromEntries(["answer", "replied", "replied_at"].filter((key) => row?.[key]).map((key) => [key, row[key]]));

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

export async function takeEvent({ kind, data }) {
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

export async function takeAnswer(row, { status, body }) {
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
