// The readiness page: what was checked, what the server says of it, what to do.

import { chime, isAudible, unlock } from "../alarm.js";
import { offsetMs } from "../clock.js";
import { isInstalled } from "../device.js";
import { h, icon } from "../dom.js";
import { canPush } from "../push.js";
import { run } from "../readiness.js";
import { app } from "../state.js";
import { bar, button, banners } from "../ui.js";
import { clockTime, span, t } from "../words.js";

export function readyScreen() {
  const { ready, running } = app;
  return [
    bar(t("ready.title"), { back: true }),
    h("main.screen.ready", { "data-screen": "ready", "data-ready": ready ? String(ready.ready) : "unknown" }, ...banners(),
      verdict(ready),
      ready ? h("ul.card.checks", null, ...ready.checks.map((one) => row(one.ok, one.message)), ...own()) : null,
      h("section.card", null, h("h2", null, t("ready.sound")), h("p", null, t("ready.sound.text")),
        button("quiet", t("ready.sound.try"), "sound", () => { unlock(); chime(); })),
      hints()),
    h("footer.dock", null, h("button.go.big", { type: "button", onclick: run, disabled: Boolean(running), "data-run": "ready" }, icon("shield"), h("span", null, running ? t(`ready.running.${running}`) : t("ready.run")))),
  ];
}

function verdict(ready) {
  if (!ready) return h("section.card.row.warn", null, icon("alert"), h("span", null, h("b", null, t("ready.never"))));
  const text = ready.problem ? t("ready.failed", { why: ready.problem }) : t(ready.ready ? "ready.yes" : "ready.no");
  return h(`section.card.row.${ready.ready ? "ok" : "alarm"}`, { role: "status" }, icon(ready.ready ? "shield" : "alert"), h("span", null, h("b", null, text), h("small", null, clockTime(Date.parse(ready.at), true))));
}

const row = (ok, text) => h(`li.${ok ? "ok" : "alarm"}`, null, icon(ok ? "check" : "cross"), h("span", null, text));

// What only the phone can say of itself.
function own() {
  const rows = [row(isAudible(), t(isAudible() ? "own.sound" : "own.silent")), row(Math.abs(offsetMs()) < 5000, t("own.clock", { span: span(offsetMs()) }))];
  if (!canPush()) rows.push(h("li.warn", null, icon("alert"), h("span", null, t(app.setup.push ? "own.no_push" : "own.push_off"))));
  if (!isInstalled()) rows.push(h("li.warn", null, icon("alert"), h("span", null, t("own.not_installed"))));
  return rows;
}

function hints() {
  return h("section.card.hints", null, h("h2", null, t("hints.title")),
    h("ul", null, h("li", null, t("hints.screen")), h("li", null, t("hints.saver")), h("li", null, app.ready?.hint || t("hints.maker"))),
    h("p", null, h("a", { href: "#/help" }, t("help.title"))));
}
