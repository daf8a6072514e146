// Camat and lurah: what happens in their area, and how their area fares, in one tap.

import { answerNotice, doneHere, readNotice } from "../acts.js";
import { h, icon } from "../dom.js";
import { app, tell } from "../state.js";
import { banners, bar, button, press } from "../ui.js";
import { clockTime, dayTime, t } from "../words.js";
import { drillCards } from "./drill.js";

const SIGNS = { safe: "check", light_damage: "crack", heavy_damage: "house", victims: "person" };
const opened = new Set();
const draft = { notice: null, text: "", needs: "" };
const isOpen = (notice) => ["issued", "updated"].includes(notice.state);
const newest = (a, b) => (a.updated_at < b.updated_at ? 1 : -1);

// The answer as this phone gave it: on its way, or heard by the server.
function answerOf(notice) {
  const waiting = app.acts.filter((act) => act.kind === "answer" && act.notice === notice.id).at(-1);
  return waiting ? { ...waiting.body, unsent: true } : notice.answer || null;
}

export function noticesScreen() {
  const open = app.notices.filter(isOpen).sort(newest);
  const closed = app.notices.filter((one) => !isOpen(one)).sort(newest).slice(0, 20);
  const areas = app.me?.areas.map((area) => area.name).join(", ");
  return [
    bar(areas || t("notices.title")),
    h("main.screen.notices", { "data-screen": "notices" }, ...banners(), ...drillCards(),
      h("p.who", null, app.session.person.name),
      open.length ? open.map(row) : h("p.calm", null, t("notices.calm")),
      closed.length ? h("h2", null, t("notices.closed")) : null, ...closed.map(row),
      h("nav.links", { "aria-label": t("more") }, h("a", { href: "#/records" }, icon("box"), t("records.title")), h("a", { href: "#/settings" }, icon("gear"), t("settings.title")))),
  ];
}

function row(notice) {
  const answer = answerOf(notice);
  const tone = !isOpen(notice) ? "quiet" : answer ? "ok" : notice.read_at || doneHere("read", "notice", notice.id) ? "warn" : "alarm";
  const word = !isOpen(notice) ? t(`notice.${notice.state}`) : answer ? t(`condition.${answer.condition}`) : t("notice.unanswered");
  return h(`a.card.row.${tone}`, { href: `#/notice/${notice.id}`, "data-notice": notice.id }, icon(answer ? "check" : "alert"),
    h("span", null, h("b", null, notice.headline), h("small", null, `${dayTime(Date.parse(notice.updated_at || notice.issued_at))} · ${word}${answer?.unsent ? ` · ${t("unsent.word")}` : ""}`)), icon("move"));
}

// What is damaged, or what is needed: in words, beside the one tap.
const field = (name) => h("input", {
  "aria-label": t(`answer.${name}`), placeholder: t(`answer.${name}`), name, maxlength: "2000",
  oninput: (event) => { draft[name] = event.target.value; },
});

export function noticeScreen(notice) {
  const answer = answerOf(notice);
  if (draft.notice !== notice.id) Object.assign(draft, { notice: notice.id, text: "", needs: "" });
  if (!notice.read_at && !doneHere("read", "notice", notice.id) && !opened.has(notice.id)) { opened.add(notice.id); readNotice(notice); }
  return [
    bar(notice.incident_number, { back: true }),
    h("main.screen.notice", { "data-screen": "notice" },
      h("section.card", null,
        h("p.kicker", null, icon("alert"), t(`notice.${notice.state}`)),
        h("h2", null, notice.headline), h("p.summary", null, notice.text),
        h("p.small", null, `${notice.areas.map((area) => area.name).join(", ")} · ${t("notice.issued_at", { at: dayTime(Date.parse(notice.issued_at)) })}`)),
      answer ? h("section.card.row.ok", { role: "status", "data-answer": answer.condition }, icon(SIGNS[answer.condition]), h("span", null, h("b", null, t("answer.given", { word: t(`condition.${answer.condition}`) })), h("small", null, [clockTime(Date.parse(answer.at)), answer.text, answer.needs && t("answer.needed", { what: answer.needs }), answer.unsent && t("unsent.word")].filter(Boolean).join(" · ")))) : null),
    isOpen(notice) ? h("footer.dock", null,
      h("p.ask", null, t(answer ? "answer.again" : "answer.ask")),
      field("text"), field("needs"),
      h("div.four", null, ...Object.entries(SIGNS).map(([word, sign]) =>
        button(`condition.${word}`, t(`condition.${word}`), sign, press(async () => { await answerNotice(notice, word, draft); Object.assign(draft, { text: "", needs: "" }); tell(); }), { "data-condition": word })))) : null,
  ];
}
