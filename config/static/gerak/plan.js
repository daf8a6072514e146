"use strict";
// Tell what the steps in the form would do, while they are being changed. Nothing is saved.
(() => {
  const QUIET_MS = 300;
  const place = document.getElementById("plan-outlook");
  const form = document.getElementById("ladderplan_form");
  if (!place || !form) return;
  let soon = 0;
  let asked = 0;
  const look = async () => {
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(place.dataset.url, { method: "POST", body: new FormData(form) });
      const text = await answer.text();
      if (!answer.ok || answer.redirected || mine !== asked) return;
      const page = new DOMParser().parseFromString(text, "text/html");
      place.replaceChildren(...page.body.childNodes);
    } catch {
      // The next change asks again; saving is checked anyway.
    }
  };
  const lookSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(look, QUIET_MS);
  };
  for (const kind of ["input", "change", "formset:added", "formset:removed"]) document.addEventListener(kind, lookSoon);
})();
