// The crew's page without an assignment: who they are, whether they may be sent, whether the phone works.

import { raiseAlert, setDuty } from "../acts.js";
import { h, icon } from "../dom.js";
import { isFresh } from "../readiness.js";
import { app, duty } from "../state.js";
import { banners, bar, button, holdButton, openSheet, placeLine, press } from "../ui.js";
import { clockTime, dayTime, t } from "../words.js";
import { alertCard } from "./alert.js";

export function homeScreen() {
  const unit = app.me?.unit;
  const status = duty();
  const on = status && status !== "off_duty";
  return [
    bar(unit ? unit.call_sign : t("no_unit")),
    h("main.screen.home", { "data-screen": "home" }, ...banners(), alertCard(),
      h(`section.card.status.${on ? (status === "out_of_service" ? "warn" : "ok") : "off"}`, null,
        h("p.who", null, app.session.person.name),
        h("p.word", null, unit ? t(`duty.${status}`) : t("no_unit")),
        h("p", null, unit ? t(`duty.${status}.means`) : t("no_unit.text")),
        app.acts.some((act) => act.kind === "duty") ? h("p.unsent", null, icon("clock"), t("unsent.word")) : null),
      unit ? h("div.segments", { role: "group", "aria-label": t("duty.title") }, ...["available", "out_of_service", "off_duty"].map((word) => choice(word, status))) : null,
      on ? ready() : null,
      h("section.card", null, placeLine()),
      last(),
      h("nav.links", { "aria-label": t("more") },
        h("a", { href: "#/records" }, icon("box"), t("records.title")), h("a", { href: "#/settings" }, icon("gear"), t("settings.title")))),
    on ? h("footer.dock", null, h("div.pair", null,
      button("quiet", t("backup"), "help", () => openSheet("backup")),
      holdButton("danger", t("emergency"), "sos", () => raiseAlert("emergency"), { key: "emergency" }))) : null,
  ];
}

function choice(word, status) {
  const chosen = status === word || (word === "available" && status === "assigned");
  return h("button", { type: "button", "aria-pressed": String(chosen), "data-duty": word, onclick: press(() => (chosen ? null : setDuty(word))) }, t(`duty.${word}`));
}

function ready() {
  const fresh = isFresh(app.ready);
  const text = fresh ? t("ready.since", { at: clockTime(Date.parse(app.ready.at)) }) : t(app.ready ? "ready.again" : "ready.never");
  return h(`a.card.row.${fresh ? "ok" : "warn"}`, { href: "#/ready" }, icon(fresh ? "shield" : "alert"), h("span", null, h("b", null, t("ready.title")), h("small", null, text)), icon("move"));
}

function last() {
  const closed = app.assignments.filter((one) => ["completed", "declined", "cancelled"].includes(one.state)).sort((a, b) => (a.dispatched_at < b.dispatched_at ? 1 : -1))[0];
  if (!closed) return h("p.calm", null, t("home.calm"));
  return h("a.card.row", { href: `#/assignment/${closed.id}` }, icon("check"),
    h("span", null, h("b", null, `${closed.incident.number} · ${t(`state.${closed.state}`)}`), h("small", null, `${dayTime(Date.parse(closed.dispatched_at))}${closed.unsent ? ` · ${t("unsent.word")}` : ""}`)), icon("move"));
}
