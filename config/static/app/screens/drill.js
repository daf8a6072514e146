// A drill: blue and striped, never red, never ringing like an assignment.

import { doneHere, replyDrill } from "../acts.js";
import { h, icon } from "../dom.js";
import { app } from "../state.js";
import { button, press } from "../ui.js";
import { clockTime, t } from "../words.js";

export function drillCards() {
  return app.drills.filter((drill) => drill.state === "open").map((drill) => {
    const waiting = doneHere("drill", "drill", drill.id);
    const done = waiting || drill.replied || drill.replied_at;
    return h("section.card.drill", { "data-drill": drill.id, "data-key": drill.id },
      h("p.kicker", null, icon("drill"), t("drill.kicker")),
      h("h2", null, drill.title), drill.text ? h("p", null, drill.text) : null,
      h("p.small", null, t("drill.called", { at: clockTime(Date.parse(drill.called_at)) })),
      done ? h("p.word", null, icon("check"), t(waiting ? "drill.waiting" : "drill.replied"))
        : button("go.big", t("drill.reply"), "check", press(() => replyDrill(drill)), { "data-reply": drill.id }));
  });
}
