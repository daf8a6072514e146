// Where this phone is, asked for only as often as the contract says, and never off duty. Each fix goes
// into the outbox with the time at which it was taken. Standing still is told too, so that "stood still"
// and "the phone died" differ.

import { stamp } from "./clock.js";
import { keep } from "./outbox.js";

const EVERY_MS = { busy: 7_000, duty: 300_000 }; // CONTRACT: 5 to 10 s; 5 minutes
const LEAST_MS = 5_000;
const ANSWER_MS = 15_000; // a cold receiver needs its time
const SILENT_MS = 25_000;
const CLOCKS_AGREE_MS = 60_000;
const PROBLEMS = { 1: "denied", 2: "unavailable", 3: "timeout" };

export class Locator {
  // on: {fix(fix), problem(word or null)}
  constructor(on) {
    Object.assign(this, { on, mode: "off", timer: 0, watch: null, lastMs: 0, lastStamp: 0, sinceMs: 0, battery: null });
  }

  set(mode) {
    if (mode === this.mode) return;
    const before = this.mode;
    this.mode = mode;
    this.stop();
    Object.assign(this, { sinceMs: Date.now(), lastMs: 0 });
    if (mode === "off") this.on.problem(null);
    else if (mode === "duty" && before === "busy") this.plan(); // it has just told where it is
    else this.ask();
  }

  // Ask now: at the start of a duty, when an alarm arrives, when the rhythm says so.
  ask() {
    if (this.mode === "off") return;
    if (!("geolocation" in navigator)) { this.on.problem("unavailable"); return; }
    this.stop();
    this.plan(this.mode === "busy" ? ANSWER_MS : EVERY_MS.duty);
    const busy = this.mode === "busy";
    const take = (position) => this.take(position);
    const fail = (error) => this.fail(PROBLEMS[error.code] || "unavailable");
    const how = { enableHighAccuracy: true, maximumAge: 0, timeout: SILENT_MS };
    if (busy) this.watch = navigator.geolocation.watchPosition(take, fail, how);
    else navigator.geolocation.getCurrentPosition(take, fail, how);
  }

  stop() {
    clearTimeout(this.timer);
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
  }

  // A watch is silent while nothing moves; a new one answers at once. So it is begun anew when it
  // said nothing for a period, and left alone while it speaks.
  plan(ms = EVERY_MS[this.mode]) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), ms);
  }

  fail(word) {
    const since = Math.max(this.lastMs, this.sinceMs);
    if (word === "denied" || Date.now() - since > SILENT_MS) this.on.problem(word);
  }

  async take(position) {
    if (this.mode === "off") return; // duty ended while the receiver was busy
    const now = Date.now();
    if (now - this.lastMs < LEAST_MS) { this.plan(EVERY_MS[this.mode] - (now - this.lastMs)); return; }
    this.plan();
    const fix = fixOf(position, now, this.battery, position.timestamp === this.lastStamp);
    Object.assign(this, { lastMs: now, lastStamp: position.timestamp });
    this.on.problem(null);
    await keep({ lane: "check_ins", kind: "check_in", id: fix.id, at: fix.recorded_at, body: fix });
    this.on.fix(fix);
  }
}

// The contract's check-in. Times are the phone's own clock: a receiver that answers in another one
// (satellite time on a phone set wrong) is dated to when it answered. So is a reading that is given
// again to a question that forbade old ones: the phone stands where it stood.
function fixOf(position, now, battery, again = false) {
  const { latitude, longitude, accuracy, speed, heading, altitude } = position.coords;
  const age = now - position.timestamp;
  const at = !again && age >= 0 && age < CLOCKS_AGREE_MS ? position.timestamp : now;
  const fix = { id: crypto.randomUUID(), recorded_at: stamp(at), lat: latitude, lon: longitude, source: "gps" };
  const more = { accuracy_m: accuracy, speed_mps: speed, heading_deg: heading, altitude_m: altitude, battery_pct: battery };
  for (const [key, value] of Object.entries(more)) if (Number.isFinite(value)) fix[key] = value;
  if (fix.speed_mps === undefined || fix.speed_mps === 0) delete fix.heading_deg;
  return fix;
}

// One fix for the readiness page: shown there, and sent with its answer alone.
export function oneFix(timeoutMs = 15_000) {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) { resolve({ problem: "unavailable" }); return; }
    navigator.geolocation.getCurrentPosition(
      (position) => {
        const { lat, lon, accuracy_m, recorded_at } = fixOf(position, Date.now(), null);
        resolve({ fix: { lat, lon, accuracy_m, recorded_at } });
      },
      (error) => resolve({ problem: PROBLEMS[error.code] || "unavailable" }),
      { enableHighAccuracy: true, maximumAge: 0, timeout: timeoutMs },
    );
  });
}

export async function permission() {
  try {
    return (await navigator.permissions.query({ name: "geolocation" })).state;
  } catch {
    return "prompt";
  }
}
