// Pieces that more than one screen shows: the bar on top, banners, sheets, a button to be held.

import { isAudible, tick } from "./alarm.js";
import { isWrong, offsetMs } from "./clock.js";
import { h, icon } from "./dom.js";
import { app, duty, isCrew, tell, toast } from "./state.js";
import { clockTime, span, t } from "./words.js";

const HOLD_MS = 1200;
let held = null;

// A button that acts after being held, so that a knock or a wet screen does nothing. By keyboard it is
// held too; a screen reader, which cannot hold, is asked to confirm.
export function holdButton(name, label, sign, done, props = {}) {
  const start = (event) => {
    if (event.button) return;
    release();
    const node = event.currentTarget;
    node.setAttribute("data-held", "");
    held = { node, at: Date.now(), timer: setTimeout(() => { release(); tick(); done(); }, HOLD_MS) };
  };
  const early = () => { if (held) { release(); toast(t("hold.hint")); } };
  return h(`button.hold.${name}`, {
    type: "button", "data-key": props.key, disabled: props.disabled,
    onpointerdown: start, onpointerup: early,
    onkeydown: (event) => { if (["Enter", " "].includes(event.key)) { event.preventDefault(); if (!event.repeat) start(event); } },
    onkeyup: (event) => { if (["Enter", " "].includes(event.key)) early(); },
    onclick: (event) => { if (event.detail === 0) openSheet("confirm", { label, done }); },
  }, icon(sign), h("span", null, label, h("small", null, t("hold.short"))));
}

function release() {
  if (!held) return;
  clearTimeout(held.timer);
  held.node.removeAttribute("data-held");
  held = null;
}
for (const name of ["pointercancel", "blur"]) addEventListener(name, release);
addEventListener("contextmenu", (event) => { if (held) event.preventDefault(); });

// After a step its button gives way to the next one: a second knock within this time does nothing.
const CALM_MS = 1200;
let calmUntil = 0;
export function press(work) {
  return async () => {
    if (Date.now() < calmUntil) return;
    calmUntil = Date.now() + CALM_MS;
    tick();
    await work();
  };
}

export function button(name, label, sign, onclick, props = {}) {
  return h(`button.${name}`, { type: "button", onclick, ...props }, sign && icon(sign), h("span", null, label));
}

// --- Sheets: a question from below -------------------------------------------------------------------

export function openSheet(kind, more = {}) {
  app.sheet = { kind, from: document.activeElement, ...more };
  tell();
  document.querySelector(".sheet")?.focus();
}

export function closeSheet() {
  const from = app.sheet?.from;
  app.sheet = null;
  tell();
  if (from?.isConnected) from.focus();
}
addEventListener("keydown", (event) => { if (event.key === "Escape" && app.sheet) closeSheet(); });

export function sheet(title, ...children) {
  return h("div.veil", { "data-key": `sheet-${app.sheet.kind}`, onclick: (event) => { if (event.target === event.currentTarget) closeSheet(); } },
    h("section.sheet", { role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" },
      h("header", null, h("h2", null, title), button("close", t("close"), "cross", closeSheet)), ...children));
}

export function confirmSheet() {
  const { label, done } = app.sheet;
  return sheet(t("confirm.title"), h("p", null, label),
    h("div.pair", null, button("quiet", t("cancel"), null, closeSheet), button("go", t("confirm.yes"), "check", () => { closeSheet(); done(); })));
}

// --- The bar on top, and what is wrong ------------------------------------------------------------------

export function bar(title, { back } = {}) {
  return h("header.top", null, h("div.bar", null,
    back ? h("a.icon-button", { href: "#/", "aria-label": t("back") }, icon("back")) : h("span.mark", { "aria-hidden": "true" }, h("b", null, "112")),
    h("h1", null, title), link()), strip());
}

function link() {
  const word = !app.online ? "offline" : app.link === "closed" ? "trying" : app.link;
  const good = word === "open" || word === "polling";
  return h(`span.chip.${good ? "ok" : "warn"}`, { role: "status" }, icon(good ? "online" : "offline"), h("span", null, t(`link.${word}`)));
}

// How much was not sent, or was refused; shown wherever the person is.
function strip() {
  const { waiting, refused } = app.counts;
  const words = [waiting && t("unsent", { n: waiting }), refused && t("refused.count", { n: refused })].filter(Boolean);
  if (!words.length) return null;
  return h(`a.strip.${refused ? "alarm" : "warn"}`, { href: "#/records", "data-unsent": String(waiting) }, icon("box"), h("span", null, words.join(" · ")));
}

const banner = (tone, sign, text, action) => h(`div.banner.${tone}`, { role: tone === "alarm" ? "alert" : "status", "data-key": text }, icon(sign), h("p", null, text), action || null);

export function banners() {
  const found = [];
  if (isWrong()) found.push(banner("alarm", "clock", t(offsetMs() > 0 ? "clock.behind" : "clock.ahead", { span: span(offsetMs()) })));
  const { mode, problem } = app.location;
  if (mode !== "off" && problem) found.push(banner("alarm", "pin", t(`place.${problem}`), h("a", { href: "#/help" }, t("how"))));
  if (isCrew() && duty() && duty() !== "off_duty" && !isAudible()) found.push(banner("warn", "sound", t("sound.locked")));
  if (!app.leading) found.push(banner("info", "box", t("other.tab")));
  return found;
}

// Where the place stands, in words, with a dot that beats when a fix was taken.
export function placeLine() {
  const { mode, fix, problem } = app.location;
  const at = fix && Date.parse(fix.recorded_at);
  const text = mode === "off" ? t("place.off")
    : !fix ? t(problem ? `place.${problem}` : "place.asking")
      : t("place.taken", { at: clockTime(at, true), m: Math.round(fix.accuracy_m || 0) });
  const fresh = fix && Date.now() - at < 2500;
  return h("p.place", { "data-mode": mode }, h(`i.dot${mode === "off" ? ".off" : fresh ? ".beat" : ""}`, { "aria-hidden": "true" }), h("span", null, t(`place.mode.${mode}`)), h("small", null, text));
}
