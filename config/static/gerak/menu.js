/* The menu behind "Lainnya": a press beside it or Escape closes it, and its page is marked outside. */
"use strict";

(function () {
    const menu = document.querySelector(".g-menu");
    if (!menu || menu.dataset.ready) return;
    menu.dataset.ready = "1";
    menu.classList.toggle("g-here", Boolean(menu.querySelector("[aria-current]")));
    document.addEventListener("pointerdown", (event) => {
        if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary").focus();
    });
}());
