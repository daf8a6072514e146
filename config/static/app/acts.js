// What a person does on this phone. Each is kept with its own id and the time of the press, and shown at
// once; whether there is a network is the outbox's business.

import { stamp } from "./clock.js";
import { CLOSED, STEPS } from "./facts.js";
import { keep, takeBack } from "./outbox.js";
import { app, openAssignment, toast, touched } from "./state.js";
import { setMeta } from "./store.js";
import { t } from "./words.js";

const UNDO_MS = 4000;
const newId = () => crypto.randomUUID();
const api = (path) => `/api/v1/${path}`;

function act(kind, path, body, more = {}) {
  return keep({ lane: "acts", kind, id: body.id || newId(), at: body.at, path: api(path), body, ...more });
}

// undo: the press may be taken back for a moment; nothing else waits for it.
export async function takeStep(assignment, step, { reason, undo = false } = {}) {
  const at = stamp();
  const body = step === "decline" ? { at, reason } : { at };
  const notBefore = undo ? Date.now() + UNDO_MS : 0;
  const n = await act("step", `assignments/${assignment.id}/${step}`, body, { step, assignment: assignment.id, notBefore });
  if (CLOSED.includes(STEPS[step].state)) await setMeta("closedAtMs", Date.now());
  await touched();
  if (undo) toast(t(`done.${step}`), { action: t("undo"), ms: UNDO_MS, onclick: () => undoStep(n) });
}

async function undoStep(n) {
  const taken = await takeBack(n);
  await touched();
  toast(t(taken ? "undone" : "undo.late"));
}

export const markSeen = (assignment) =>
  act("seen", `assignments/${assignment.id}/seen`, { at: stamp() }, { assignment: assignment.id });

export async function setDuty(status) {
  await act("duty", "me/duty-status", { status }, { method: "PUT", at: stamp() });
  await touched();
}

export async function addNote(assignment, text) {
  await act("note", `assignments/${assignment.id}/notes`, { id: newId(), at: stamp(), text }, { assignment: assignment.id });
  toast(t("note.kept"));
  await touched();
}

export async function addPhoto(assignment, blob) {
  const fix = app.location.fix;
  const form = { id: newId(), at: stamp(), file: blob, lat: fix?.lat, lon: fix?.lon };
  await keep({ lane: "photos", kind: "photo", id: form.id, at: form.at, path: api(`assignments/${assignment.id}/photos`), form, assignment: assignment.id });
  toast(t("photo.kept"));
  await touched();
}

// kind: "backup" or "emergency". The place goes along where it is known: help must find them.
export async function raiseAlert(kind, text) {
  const fix = app.location.fix;
  const assignment = openAssignment();
  const body = { id: newId(), kind, at: stamp() };
  if (assignment) body.assignment = assignment.id;
  if (text) body.text = text;
  if (fix) Object.assign(body, { lat: fix.lat, lon: fix.lon, accuracy_m: fix.accuracy_m });
  await act("alert", "alerts", body, { lane: "alerts" });
  await setMeta("alert", { id: body.id, kind, at: body.at, state: "raised" });
  await touched();
}

// Take back a call for help; one that was answered is only put away here.
export async function withdrawAlert(alert) {
  if (alert.state === "answered") { await setMeta("alert", { ...alert, state: "withdrawn" }); return touched(); }
  await act("withdraw", `alerts/${alert.id}/withdraw`, { at: stamp() }, { lane: "alerts" });
  await setMeta("alert", { ...alert, state: "withdrawn" });
  return touched();
}

export async function replyDrill(drill) {
  await act("drill", `drills/${drill.id}/reply`, { id: newId(), at: stamp() }, { drill: drill.id });
  await touched();
}

export const readNotice = (notice) => act("read", `notices/${notice.id}/read`, { at: stamp() }, { notice: notice.id }).then(touched);

export async function answerNotice(notice, condition, words) {
  const body = { id: newId(), at: stamp(), condition };
  for (const name of ["text", "needs"]) if (words[name].trim()) body[name] = words[name].trim();
  await act("answer", `notices/${notice.id}/answer`, body, { notice: notice.id });
  toast(t("answer.kept"));
  await touched();
}

// What was answered or replied on this phone: sent or not, it stands.
export const doneHere = (kind, key, id) => app.acts.some((one) => one.kind === kind && one[key] === id);
