// The start of a duty: the phone proves that it works, and the server answers in words.

import { unlock } from "./alarm.js";
import { stamp } from "./clock.js";
import { isAndroid, isApple, suggestedName } from "./device.js";
import { oneFix, permission } from "./location.js";
import { probed, register } from "./push.js";
import { app, tell, touched } from "./state.js";
import { setMeta } from "./store.js";
import { call } from "./wire.js";

const FRESH_MS = 12 * 3600_000;
export const isFresh = (ready) => Boolean(ready) && ready.ready && Date.now() - Date.parse(ready.at) < FRESH_MS;

// Run all checks; app.running tells the screen how far it is. Keeps the answer for the home page.
export async function run() {
  unlock();
  const step = (word) => { app.running = word; tell(); };
  try {
    step("push");
    if ("Notification" in self && Notification.permission === "default") await Notification.requestPermission();
    const push = await register(true);
    step("fix");
    const place = await oneFix();
    step("server");
    const body = {
      id: crypto.randomUUID(), at: stamp(), app_version: app.setup.version, platform: platform(), model: suggestedName(),
      socket: app.link === "open", push, location_permission: place.fix ? "granted" : await permission(),
      fix: place.fix || null, battery_pct: app.battery?.pct ?? null, unsent: app.counts.waiting,
    };
    const told = await call("POST", "/api/v1/readiness", body);
    if (told.status >= 300) throw new Error(told.body?.detail || `HTTP ${told.status}`);
    let answer = told.body;
    if (answer.probe) {
      step("probe");
      answer = (await probed(answer.probe)) || answer;
    }
    await setMeta("ready", { at: body.at, ready: answer.ready, checks: answer.checks, hint: answer.hint });
  } catch (problem) {
    await setMeta("ready", { at: stamp(), ready: false, checks: [], problem: String(problem.message || problem) });
  } finally {
    app.running = null;
    await touched();
  }
}

const platform = () => `web ${isAndroid ? "Android" : isApple ? "iOS" : navigator.userAgentData?.platform || ""}`.trim().slice(0, 40);
