// Pushes through Firebase, where the city configured it (GERAK_FCM_WEB); Google's own scripts are fetched
// from this server, and only then. A push wakes a phone whose page sleeps; it says nothing by itself.

import { app } from "./state.js";
import { call } from "./wire.js";

let token = null;
const probes = new Map();

export const canPush = () => Boolean(app.setup.push) && "PushManager" in self && "Notification" in self;

// Register this phone for pushes: "untested", "unavailable" or "failed". Asks for permission where `ask`.
export async function register(ask) {
  if (!canPush()) return "unavailable";
  if (Notification.permission !== "granted" && (!ask || (await Notification.requestPermission()) !== "granted")) return "unavailable";
  try {
    await load("firebase-app-compat.js");
    await load("firebase-messaging-compat.js");
    const { vapidKey, ...config } = app.setup.push;
    if (!firebase.apps.length) firebase.initializeApp(config);
    const serviceWorkerRegistration = await navigator.serviceWorker.ready;
    const fresh = await firebase.messaging().getToken({ vapidKey, serviceWorkerRegistration });
    if (fresh !== token) await call("PUT", "/api/v1/me/push-token", { push_token: fresh, kind: "registration" });
    token = fresh;
    return "untested";
  } catch (problem) {
    console.warn(problem);
    return "failed";
  }
}

function load(file) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`./vendor/firebase/${file}`, import.meta.url).href;
    script.onload = resolve;
    script.onerror = () => reject(new Error(file));
    document.head.append(script);
  });
}

// A push arrived while a page is open.
export async function arrived(data) {
  if (data.type !== "probe" || !data.probe) return;
  const answer = await call("POST", `/api/v1/readiness/probes/${data.probe}/received`).catch(() => null);
  const proven = answer?.status === 200 ? answer.body : null;
  probes.get(data.probe)?.(proven);
  probes.set(data.probe, () => proven);
}

// Resolve with the server's answer once the probe came, null where it does not in time.
export function probed(probe, ms = 20_000) {
  const early = probes.get(probe);
  if (early) return Promise.resolve(early());
  return new Promise((resolve) => {
    probes.set(probe, resolve);
    setTimeout(() => resolve(null), ms);
  });
}
