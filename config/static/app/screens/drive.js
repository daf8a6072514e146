// An assignment after it was taken: where to, how long, one big button for the next step.

import { raiseAlert, takeStep } from "../acts.js";
import { serverNow } from "../clock.js";
import { h, icon, ring } from "../dom.js";
import { isOpen, NEXT } from "../facts.js";
import { app } from "../state.js";
import { banners, bar, button, holdButton, openSheet, placeLine, press } from "../ui.js";
import { clockTime, countdown, t, typeName } from "../words.js";
import { alertCard } from "./alert.js";
import { directions, distance } from "./place.js";

const SIGNS = { acknowledge: "check", "en-route": "move", "on-scene": "pin", complete: "check" };

export function driveScreen(assignment) {
  const { incident } = assignment;
  const open = isOpen(assignment);
  return [
    bar(assignment.unit.call_sign, { back: !open }),
    h("main.screen.drive", { "data-screen": "drive", "data-state": assignment.state, "data-assignment": assignment.id }, ...banners(), alertCard(),
      movement(assignment),
      h("section.card.place-card", null,
        h("p.kicker", null, icon("fire"), typeName(incident.type)),
        h("h2", null, incident.address || t("no_address")),
        incident.landmark ? h("p.landmark", null, t("landmark", { text: incident.landmark })) : null,
        h("p.small", null, [incident.areas.map((area) => area.name).join(", "), distance(incident), incident.number].filter(Boolean).join(" · ")),
        incident.summary ? h("p.summary", null, incident.summary) : null,
        ways(incident)),
      steps(assignment),
      h("section.card", null, placeLine(), open ? h("p.small", null, t("place.honest")) : null)),
    open ? dock(assignment) : null,
  ];
}

function movement(assignment) {
  const { verdict, moved_at: movedAt } = assignment.movement;
  if (verdict === "pending" && isOpen(assignment)) {
    const by = Date.parse(assignment.move_by);
    const left = by - serverNow();
    const word = left >= 0 ? t("clock.move_by", { at: clockTime(by, true) }) : t("clock.passed");
    return h(`section.card.clock.${left < 0 ? "alarm" : left < 180_000 ? "warn" : "info"}`, { role: "timer" },
      h("div.dial.small", null, ring(left / (by - Date.parse(assignment.dispatched_at)))),
      h("div", null, h("b", null, left >= 0 ? countdown(left) : `+${countdown(left)}`), h("p", null, word)));
  }
  const tone = verdict === "moved" ? "ok" : verdict === "pending" ? "info" : verdict === "moved_late" ? "warn" : "quiet";
  return h(`section.card.clock.${tone}`, { "data-verdict": verdict }, icon(verdict === "moved" ? "check" : "clock"),
    h("div", null, h("b.word", null, t(`verdict.${verdict}`)), movedAt ? h("p", null, t("verdict.at", { at: clockTime(Date.parse(movedAt), true) })) : null));
}

function ways(incident) {
  const to = directions(incident);
  const phone = incident.caller?.phone;
  return h("div.ways", null,
    to ? h("a.way", { href: to.own }, icon("route"), h("span", null, t("directions"))) : null,
    to ? h("a.way.second", { href: to.web, target: "_blank", rel: "noopener" }, icon("pin"), h("span", null, t("directions.web"))) : null,
    phone ? h("a.way", { href: `tel:${phone}`, "data-call": true }, icon("phone"), h("span", null, t("call.caller"), h("small", null, incident.caller.name || phone))) : null);
}

function steps(assignment) {
  const rows = [["acknowledged", assignment.acknowledged_at], ["en_route", assignment.en_route_at], ["on_scene", assignment.on_scene_at], ["completed", assignment.completed_at]];
  const waiting = new Set(app.acts.filter((act) => act.kind === "step" && act.assignment === assignment.id).map((act) => act.at));
  return h("ol.card.steps", null,
    h("li.done", null, icon("check"), h("span", null, t("state.dispatched")), h("time", null, clockTime(Date.parse(assignment.dispatched_at), true))),
    ...rows.map(([state, at]) => h(at ? "li.done" : "li", null, icon(at ? "check" : "clock"), h("span", null, t(`state.${state}`), waiting.has(at) ? h("em", null, t("unsent.word")) : null), h("time", null, at ? clockTime(Date.parse(at), true) : "–"))),
    ["declined", "cancelled"].includes(assignment.state) ? h("li.done", null, icon("cross"), h("span", null, t(`state.${assignment.state}`)), h("time", null, "")) : null);
}

function dock(assignment) {
  const step = NEXT[assignment.state];
  const next = step === "complete"
    ? holdButton("accept", t("complete"), "check", () => takeStep(assignment, "complete"), { key: "complete" })
    : button("accept", t(step), SIGNS[step], press(() => takeStep(assignment, step, { undo: true })), { "data-step": step, "data-key": step });
  return h("footer.dock", null,
    h("div.tools", null,
      button("tool", t("note"), "note", () => openSheet("note", { id: assignment.id })),
      h("label.tool", { "data-key": "photo" }, icon("camera"), h("span", null, t("photo")), h("input", { type: "file", accept: "image/*", capture: "environment", "data-photo": assignment.id, "aria-label": t("photo") })),
      button("tool", t("backup"), "help", () => openSheet("backup")),
      holdButton("tool.danger", t("emergency"), "sos", () => raiseAlert("emergency"), { key: "emergency" })),
    assignment.state === "acknowledged"
      ? h("div.next", null, button("decline.narrow", t("decline"), "cross", () => openSheet("decline", { id: assignment.id }), { "data-step": "decline" }), next)
      : next);
}
