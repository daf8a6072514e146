// The questions that come up from below: why not, what did you see.

import { addNote, takeStep } from "../acts.js";
import { h } from "../dom.js";
import { app, tell } from "../state.js";
import { button, closeSheet, confirmSheet, sheet } from "../ui.js";
import { t } from "../words.js";
import { backupSheet } from "./alert.js";

const REASONS = ["busy", "vehicle", "crew", "far", "wrong"];
const SAID = ["safe", "needs_more", "blocked", "false_alarm"];

export function openedSheet() {
  const kind = app.sheet?.kind;
  if (kind === "confirm") return confirmSheet();
  if (kind === "decline") return declineSheet();
  if (kind === "note") return noteSheet();
  return kind === "backup" ? backupSheet() : null;
}

const target = () => app.assignments.find((one) => one.id === app.sheet.id);

function declineSheet() {
  const { reason = "", own = "" } = app.sheet;
  const chosen = reason === "other" ? own.trim() : reason && t(`decline.${reason}`);
  const choose = (word) => () => { app.sheet.reason = word; tell(); };
  const send = async () => { const one = target(); closeSheet(); if (one) await takeStep(one, "decline", { reason: chosen }); };
  return sheet(t("decline.title"), h("p", null, t("decline.text")),
    h("div.choices.tall", { role: "radiogroup", "aria-label": t("decline.title") }, ...[...REASONS, "other"].map((word) =>
      h("button", { type: "button", role: "radio", "aria-checked": String(reason === word), onclick: choose(word) }, t(`decline.${word}`)))),
    reason === "other" ? h("input", { "aria-label": t("decline.other"), maxlength: "500", "data-key": "own", oninput: (event) => { app.sheet.own = event.target.value; tell(); } }) : null,
    button("danger.big", t("decline.send"), "cross", send, { disabled: !chosen, "data-send": "decline" }));
}

function noteSheet() {
  const text = app.sheet.text || "";
  const send = async () => { const one = target(); closeSheet(); if (one && text.trim()) await addNote(one, text.trim()); };
  const add = (word) => () => {
    app.sheet.text = [text.trim(), t(`note.${word}`)].filter(Boolean).join(" ");
    document.getElementById("note-text").value = app.sheet.text;
    tell();
  };
  return sheet(t("note.title"),
    h("div.choices", null, ...SAID.map((word) => h("button", { type: "button", onclick: add(word) }, t(`note.${word}`)))),
    h("label", { for: "note-text" }, t("note.label")),
    h("textarea", { id: "note-text", rows: "4", maxlength: "2000", oninput: (event) => { app.sheet.text = event.target.value; tell(); } }),
    button("go.big", t("note.send"), "check", send, { disabled: !text.trim(), "data-send": "note" }));
}
