// What a browser cannot do, said plainly, and the ways that can.

import { isAndroid, isApple } from "../device.js";
import { h } from "../dom.js";
import { bar } from "../ui.js";
import { t } from "../words.js";

const part = (title, ...texts) => h("section.card", null, h("h2", null, t(title)), ...texts.map((text) => h("p", null, t(text))));

export function helpScreen() {
  return [
    bar(t("help.title"), { back: true }),
    h("main.screen.help", { "data-screen": "help" },
      part("help.locked", "help.locked.text", "help.locked.ways"),
      part("help.permission", isApple ? "help.permission.ios" : isAndroid ? "help.permission.android" : "help.permission.desk"),
      part("help.install", isApple ? "help.install.ios" : "help.install.android"),
      part("help.sound", "help.sound.text"),
      part("help.privacy", "help.privacy.text")),
  ];
}
