// Rules about what the phone knows. Pure: no store, no clock, no page.

const ORDER = ["dispatched", "acknowledged", "en_route", "on_scene", "completed", "declined", "cancelled"];
export const CLOSED = ["completed", "declined", "cancelled"];
export const STEPS = {
  acknowledge: { state: "acknowledged", at: "acknowledged_at" },
  "en-route": { state: "en_route", at: "en_route_at" },
  "on-scene": { state: "on_scene", at: "on_scene_at" },
  complete: { state: "completed", at: "completed_at" },
  decline: { state: "declined", at: null },
};
export const NEXT = { dispatched: "acknowledge", acknowledged: "en-route", en_route: "on-scene", on_scene: "complete" };
const TAIL_MS = 60_000;
const rank = (state) => ORDER.indexOf(state);

export const isOpen = (assignment) => !CLOSED.includes(assignment.state);

// A frame tells how things stood when it was made; one that is behind what we have changes no state.
export function newer(known, told) {
  if (!known) return told;
  if (rank(told.state) < rank(known.state)) return known;
  return told;
}

// The assignment as this phone's own presses have it, before the server heard of them.
// presses: waiting records of kind "step", oldest first. The result says `unsent` where it runs ahead.
export function asPressed(assignment, presses) {
  const shown = { ...assignment, unsent: false };
  for (const press of presses) {
    const step = STEPS[press.step];
    if (!step || press.assignment !== assignment.id || CLOSED.includes(shown.state)) continue;
    if (rank(step.state) <= rank(shown.state)) continue;
    Object.assign(shown, { state: step.state, unsent: true });
    if (step.at) shown[step.at] = press.at;
  }
  return shown;
}

// Where the phone may be asked for its place: "busy", "duty" or "off".
// An open assignment and a minute after it; sparse while on duty; off duty never.
export function locationMode({ role, duty, open, closedAtMs, nowMs }) {
  if (role !== "crew" || !duty || duty === "off_duty") return "off";
  if (open) return "busy";
  return closedAtMs && nowMs - closedAtMs < TAIL_MS ? "busy" : "duty";
}

// The status of the unit as last heard, or as pressed since.
export function dutyOf(me, acts) {
  const pressed = acts.filter((act) => act.kind === "duty").at(-1);
  const heard = me?.unit?.status || null;
  if (!heard) return null;
  return pressed ? pressed.body.status : heard;
}
