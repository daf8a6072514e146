// The first page of a phone that knows nobody yet: scan, or type, a one-time code.

import { canScan, scan } from "../camera.js";
import { suggestedName } from "../device.js";
import { h, icon } from "../dom.js";
import { codeOf, enrol } from "../session.js";
import { app, tell } from "../state.js";
import { button } from "../ui.js";
import { t } from "../words.js";

const form = { code: "", name: suggestedName(), problem: null, busy: false, scanning: null };

// A code that came with the link: the phone's own camera opened it.
export function offer(text) {
  form.code = text;
}

async function send() {
  const { code, problem, server } = codeOf(form.code);
  if (problem) { form.problem = t("enrol.other_server", { server }); tell(); return; }
  if (!code) { form.problem = t("enrol.no_code"); tell(); return; }
  Object.assign(form, { busy: true, problem: null });
  tell();
  try {
    form.problem = await enrol(code, form.name.trim() || suggestedName());
    if (!form.problem) { form.code = ""; location.hash = "#/"; }
  } catch {
    form.problem = t("enrol.unreachable");
  }
  form.busy = false;
  tell();
}

async function useCamera() {
  form.scanning = new AbortController();
  tell();
  try {
    const text = await scan(document.querySelector("video"), form.scanning.signal);
    form.scanning = null;
    if (text) { form.code = text; await send(); }
  } catch {
    Object.assign(form, { scanning: null, problem: t("enrol.no_camera") });
  }
  tell();
}

export function enrolScreen() {
  const gone = app.session?.revokedAt;
  return h("main.screen.enrol", { "data-screen": gone ? "revoked" : "enrol" },
    h("div.brand", null, "Gerak ", h("b", null, "112")),
    gone ? h("div.banner.alarm", { role: "alert" }, icon("alert"), h("p", null, h("strong", null, t("revoked.title")), " ", t("revoked.text", { name: app.session.person?.name || "" }),
      app.counts.refused ? h("a", { href: "#/records" }, t("revoked.kept", { n: app.counts.refused })) : null)) : h("p.lead", null, t("enrol.lead")),
    form.scanning ? camera() : canScan() ? button("go.big", t("enrol.scan"), "scan", useCamera) : h("p.hint", null, t("enrol.scan_elsewhere")),
    h("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
      h("label", { for: "code" }, t("enrol.code")),
      h("input", { id: "code", name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", placeholder: "7K2MQ-9XW4T", value: form.code, oninput: (event) => { form.code = event.target.value; } }),
      h("label", { for: "name" }, t("enrol.name")),
      h("input", { id: "name", name: "name", maxlength: "80", autocomplete: "off", value: form.name, oninput: (event) => { form.name = event.target.value; } }),
      form.problem ? h("p.problem", { role: "alert" }, form.problem) : null,
      h("button.go.big", { type: "submit", disabled: form.busy }, icon("check"), h("span", null, t(form.busy ? "enrol.busy" : "enrol.go")))),
    h("p.links", null, h("a", { href: "#/settings" }, t("settings.title")), h("a", { href: "#/help" }, t("help.title"))));
}

function camera() {
  return h("div.camera", { "data-key": "camera" },
    h("video", { "data-own": true, playsinline: true, muted: true, "aria-label": t("enrol.scanning") }),
    button("quiet", t("cancel"), "cross", () => form.scanning.abort()));
}
