"use strict";
// Count an open drill live: take the figures of this very page anew every three seconds.
(() => {
  const EVERY_MS = 3000;
  const place = document.getElementById("drill-figures");
  const look = async () => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("drill-figures");
      if (fresh) place.replaceChildren(...fresh.childNodes);
    } catch {
      // The next look is soon.
    }
    setTimeout(look, EVERY_MS);
  };
  if (place) setTimeout(look, EVERY_MS);
})();
