// The app starts here: words, store, screens, then the one tab that speaks for the phone.

import { addPhoto, markSeen } from "./acts.js";
import { isAudible, sound, unlock } from "./alarm.js";
import { keepAwake, watchBattery } from "./device.js";
import { h, patch } from "./dom.js";
import { lead } from "./leader.js";
import { shrink } from "./photos.js";
import { arrived, register } from "./push.js";
import { app, duty, isCrew, openAssignment, reload, tell, toast, whenChanged } from "./state.js";
import { getMeta } from "./store.js";
import { hurry, work } from "./sync.js";
import { closeSheet } from "./ui.js";
import { speak, t } from "./words.js";
import { drillCards } from "./screens/drill.js";
import { driveScreen } from "./screens/drive.js";
import { enrolScreen, offer } from "./screens/enrol.js";
import { helpScreen } from "./screens/help.js";
import { homeScreen } from "./screens/home.js";
import { noticeScreen, noticesScreen } from "./screens/notices.js";
import { readyScreen } from "./screens/ready.js";
import { recordsScreen } from "./screens/records.js";
import { ringingScreen } from "./screens/ringing.js";
import { settingsScreen, showTheme } from "./screens/settings.js";
import { openedSheet } from "./screens/sheets.js";

const root = document.getElementById("app");
const PAGES = { records: recordsScreen, settings: settingsScreen, help: helpScreen, ready: readyScreen };
const seen = new Set();

// An assignment that nobody answered takes the whole screen, whatever was open.
const ringing = () => { const one = openAssignment(); return one && one.state === "dispatched" ? one : null; };

function screen() {
  const [, page, id] = location.hash.split("/");
  if (!app.session?.token) return PAGES[page] && page !== "ready" ? PAGES[page]() : [enrolScreen()];
  const alarm = isCrew() ? ringing() : null;
  if (alarm) return ringingScreen(alarm);
  if (PAGES[page]) return PAGES[page]();
  const notice = page === "notice" && app.notices.find((one) => one.id === id);
  if (notice) return noticeScreen(notice);
  if (!isCrew()) return noticesScreen();
  const assignment = openAssignment() || (page === "assignment" && app.assignments.find((one) => one.id === id));
  return assignment ? driveScreen(assignment) : homeScreen();
}

function render() {
  const parts = screen().filter(Boolean);
  const name = parts.find((part) => part.dataset?.screen)?.dataset.screen;
  const drills = isCrew() && ["home", "drive"].includes(name) ? drillCards() : [];
  parts.find((part) => part.dataset?.screen)?.prepend(...drills);
  const word = app.toast;
  patch(root.firstElementChild, h(`div.frame.on-${name}`, { "data-key": name }, ...parts,
    h("div.toasts", { role: "status", "aria-live": "polite" }, word ? h("div.toast", null, h("span", null, word.text), word.action ? h("button", { type: "button", onclick: () => { app.toast = null; word.onclick(); } }, word.action) : null) : null),
    openedSheet()));
  document.title = name === "ringing" ? `⚠ ${t("ringing.title")}` : "Gerak 112";
}

let asked = false;
function draw() {
  if (asked) return;
  asked = true;
  queueMicrotask(() => { asked = false; render(); });
}

// What follows from the state beyond the screen: sound, a screen that stays on, "seen".
function act() {
  const alarm = isCrew() && app.session?.token ? ringing() : null;
  sound(Boolean(alarm) && (app.leading || !document.hidden));
  const inHolder = app.battery?.charging && isCrew() && ![null, "off_duty"].includes(duty());
  keepAwake(Boolean(openAssignment()) || inHolder);
  if (alarm && app.sheet && !["decline", "confirm"].includes(app.sheet.kind)) closeSheet();
  if (alarm && app.leading && !document.hidden && !seen.has(alarm.id)) { seen.add(alarm.id); markSeen(alarm); }
}

async function takePhoto(event) {
  const id = event.target.dataset?.photo;
  const [file] = event.target.files || [];
  if (!id || !file) return;
  event.target.value = "";
  try {
    const assignment = app.assignments.find((one) => one.id === id);
    if (assignment) await addPhoto(assignment, await shrink(file));
  } catch {
    toast(t("photo.unreadable"));
  }
}

async function start() {
  app.setup = JSON.parse(document.getElementById("app-setup").textContent);
  const settings = (await getMeta("settings")) || {};
  await speak(settings.language);
  const code = location.hash.match(/^#code=([^&]+)/);
  if (code) { offer(decodeURIComponent(code[1])); history.replaceState(null, "", "#/"); }
  await reload();
  showTheme();
  whenChanged(draw);
  whenChanged(act);
  tell();
  listen();
  lead(work, (leading) => { app.leading = leading; tell(); });
  watchBattery((battery) => { app.battery = battery; tell(); });
  if (app.session?.token) register(false);
  setTimeout(keepShell, 1000);
}

function listen() {
  addEventListener("pointerdown", () => { unlock(); if (!app.audible) setTimeout(() => { app.audible = isAudible(); tell(); }, 100); }, true);
  addEventListener("hashchange", () => { if (app.sheet) closeSheet(); tell(); scrollTo(0, 0); });
  for (const name of ["online", "offline"]) addEventListener(name, () => { app.online = navigator.onLine; if (app.online) hurry(); tell(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { hurry(); reload(); } });
  document.addEventListener("change", takePhoto);
  addEventListener("unhandledrejection", ({ reason }) => { if (reason instanceof DOMException) toast(t("storage.failed"), { ms: 15_000 }); });
  setInterval(tell, 1000);
  navigator.serviceWorker?.addEventListener("message", (event) => { hurry(); if (event.data?.type === "push") arrived(event.data.data || {}); });
}

// Only once the page stands: on a slow network the shell is fetched a second time for the cache.
function keepShell() {
  navigator.serviceWorker?.register("/app/sw.js", { scope: "/app/" }).catch((problem) => console.warn(problem));
}

start().catch((problem) => {
  console.error(problem);
  root.firstElementChild.textContent = root.dataset.failed;
});
