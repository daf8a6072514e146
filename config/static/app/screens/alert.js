// A call for help of this crew, as long as it is open: whether it went out, whether somebody answered.

import { raiseAlert, withdrawAlert } from "../acts.js";
import { h, icon } from "../dom.js";
import { app } from "../state.js";
import { button, closeSheet, holdButton, sheet } from "../ui.js";
import { clockTime, t } from "../words.js";

export function alertCard() {
  const alert = app.alert;
  if (!alert || alert.state === "withdrawn") return null;
  const answered = alert.state === "answered";
  const word = app.alertUnsent ? "alert.unsent" : `alert.${alert.state}`;
  return h(`section.card.help.${answered ? "ok" : "alarm"}`, { role: "alert", "data-alert": app.alertUnsent ? "unsent" : alert.state },
    h("p.word", null, icon(answered ? "check" : "sos"), t(`alert.${alert.kind}`)),
    h("p", null, t(word, { at: clockTime(Date.parse(alert.answered_at || alert.at)) })),
    holdButton("quiet", t(answered ? "alert.dismiss" : "alert.withdraw"), "cross", () => withdrawAlert(alert), { key: "withdraw" }));
}

const draft = { text: "" };

export function backupSheet() {
  return sheet(t("backup.title"), h("p", null, t("backup.text")),
    h("div.choices", null, ...["people", "ambulance", "water", "police", "gear"].map((word) =>
      h("button", { type: "button", "aria-pressed": String(draft.text === t(`backup.${word}`)), onclick: () => { draft.text = t(`backup.${word}`); document.getElementById("backup-text").value = draft.text; } }, t(`backup.${word}`)))),
    h("label", { for: "backup-text" }, t("backup.more")),
    h("input", { id: "backup-text", maxlength: "500", autocomplete: "off", oninput: (event) => { draft.text = event.target.value; } }),
    button("go.big", t("backup.send"), "help", async () => { const { text } = draft; draft.text = ""; closeSheet(); await raiseAlert("backup", text); }));
}
