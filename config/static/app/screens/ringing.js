// The alarm: the whole screen, until somebody answers.

import { takeStep } from "../acts.js";
import { isAudible } from "../alarm.js";
import { serverNow } from "../clock.js";
import { h, icon, ring } from "../dom.js";
import { app } from "../state.js";
import { button, openSheet, press } from "../ui.js";
import { countdown, t, typeName } from "../words.js";
import { distance } from "./place.js";

export function ringingScreen(assignment) {
  const { incident } = assignment;
  const left = Date.parse(assignment.move_by) - serverNow();
  const whole = Date.parse(assignment.move_by) - Date.parse(assignment.dispatched_at);
  const far = distance(incident);
  return [
    h("main.screen.ringing", { "data-screen": "ringing", role: "alertdialog", "aria-label": t("ringing.title") },
      h("p.kicker", null, icon("alert"), t("ringing.title"), h("span.priority", null, t("priority", { n: incident.priority }))),
      h("h1", null, typeName(incident.type)),
      incident.summary ? h("p.summary", null, incident.summary) : null,
      h("div.where", null, icon("pin"), h("div", null,
        h("p.address", null, incident.address || t("no_address")),
        incident.landmark ? h("p", null, t("landmark", { text: incident.landmark })) : null,
        h("p.small", null, [incident.areas.map((area) => area.name).join(", "), far].filter(Boolean).join(" · ")))),
      h("div.dial", { role: "timer", "aria-label": t("clock.label") }, ring(left / whole), h("div", null, h("b", null, left >= 0 ? countdown(left) : `+${countdown(left)}`), h("small", null, t(left >= 0 ? "clock.to_move" : "clock.over")))),
      isAudible() ? null : h("p.mute", null, icon("sound"), t("sound.tap")),
      app.counts.waiting && !app.online ? h("p.small", null, t("offline.still")) : null),
    h("footer.dock.loud", null,
      button("accept", t("acknowledge"), "check", press(() => takeStep(assignment, "acknowledge")), { "data-step": "acknowledge" }),
      button("decline", t("decline"), "cross", () => openSheet("decline", { id: assignment.id }), { "data-step": "decline" })),
  ];
}
