// What this phone has not yet told, and what the server would not take. Nothing leaves here by itself.

import { hurry } from "../outbox.js";
import { h, icon } from "../dom.js";
import { app, toast, touched } from "../state.js";
import { change, inState } from "../store.js";
import { bar, button, holdButton } from "../ui.js";
import { dayTime, t } from "../words.js";

const SHOWN = 50;

export function recordsScreen() {
  const { waiting, refused } = app.counts;
  return [
    bar(t("records.title"), { back: true }),
    h("main.screen.records", { "data-screen": "records" },
      h(`section.card.row.${waiting ? "warn" : "ok"}`, { role: "status" }, icon(waiting ? "box" : "check"), h("span", null, h("b", null, waiting ? t("unsent", { n: waiting }) : t("records.none")), h("small", null, t(waiting ? "records.patience" : "records.none.text")))),
      app.acts.length ? h("ul.card.list", null, ...app.acts.slice(0, SHOWN).map(line)) : null,
      refused ? h("h2", null, t("refused.title", { n: refused })) : null,
      refused ? h("p", null, t("refused.text")) : null,
      refused ? h("ul.card.list", null, ...app.refused.slice(-SHOWN).reverse().map(line)) : null,
      refused ? holdButton("quiet", t("refused.discard"), "cross", discard, { key: "discard" }) : null),
    h("footer.dock", null, h("div.pair", null,
      button("quiet", t("records.export"), "box", exportAll, { "data-export": true }),
      button("go", t("records.try"), "online", () => { hurry(); toast(t("records.trying")); }))),
  ];
}

function line(row) {
  const why = row.problem && (row.problem.detail || t(`problem.${row.problem.code}`));
  return h("li", { "data-record": row.id }, h("span", null, h("b", null, t(`kind.${row.kind}`), row.step ? `: ${t(row.step)}` : ""), h("small", null, [dayTime(Date.parse(row.at)), row.body?.text, why].filter(Boolean).join(" · "))));
}

async function discard() {
  const rows = await inState("refused");
  await change("records", (store) => rows.forEach((row) => store.delete(row.n)));
  await touched();
}

// One readable file with everything unsent or refused, photos included.
async function exportAll() {
  const rows = [...(await inState("waiting")), ...(await inState("refused"))];
  const told = await Promise.all(rows.map(async ({ kind, id, at, path, body, form, state, problem }) => ({ kind, id, at, path, state, problem, body: form ? { ...form, file: await asText(form.file) } : body })));
  const file = new Blob([JSON.stringify({ phone: app.session?.name, person: app.session?.person, exported_at: new Date().toISOString(), records: told }, null, 1)], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: "gerak112.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const asText = (blob) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.readAsDataURL(blob);
});
