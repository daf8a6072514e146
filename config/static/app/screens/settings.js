// Language, light, the name of this phone, signing out.

import { h } from "../dom.js";
import { app, setSetting, tell } from "../state.js";
import { signOut } from "../session.js";
import { bar, holdButton } from "../ui.js";
import { dayTime, language, speak, t } from "../words.js";

const page = { problem: null };

export function showTheme() {
  const { theme } = app.settings;
  if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

export function settingsScreen() {
  const signedIn = Boolean(app.session?.token);
  return [
    bar(t("settings.title"), { back: true }),
    h("main.screen.settings", { "data-screen": "settings" },
      group(t("settings.language"), [["id", "Indonesia"], ["en", "English"]], language, async (word) => { await speak(word); await setSetting("language", word); }),
      group(t("settings.theme"), ["auto", "light", "dark"].map((word) => [word, t(`theme.${word}`)]), app.settings.theme || "auto", async (word) => { await setSetting("theme", word); showTheme(); }),
      h("section.card", null, h("h2", null, t("settings.phone")),
        h("p", null, signedIn ? `${app.session.person.name} · ${app.session.name}` : t("settings.nobody")),
        h("p.small", null, t("settings.version", { version: app.setup.version })),
        signedIn && app.counts.waiting ? h("p.problem", null, t("settings.unsent", { n: app.counts.waiting })) : null,
        page.problem ? h("p.problem", { role: "alert" }, page.problem) : null,
        signedIn ? holdButton("quiet", t("settings.sign_out"), "cross", leave, { key: "leave", disabled: app.counts.waiting > 0 }) : null),
      h("section.card", null, h("p", null, h("a", { href: "#/help" }, t("help.title"))), app.me ? h("p.small", null, t("settings.heard", { at: dayTime(Date.parse(app.me.server_time)) })) : null)),
  ];
}

async function leave() {
  try {
    await signOut();
    page.problem = null;
    location.hash = "#/";
  } catch {
    page.problem = t("settings.need_network");
  }
  tell();
}

function group(title, choices, chosen, choose) {
  return h("section.card", null, h("h2", null, title),
    h("div.segments", { role: "group", "aria-label": title }, ...choices.map(([word, label]) => h("button", { type: "button", "aria-pressed": String(word === chosen), "data-choice": word, onclick: () => choose(word) }, label))));
}

