/*
 * Keys of a page: an element with data-key="Alt+G" is pressed by that key. Every key holds Alt or
 * Ctrl, so that nothing typed into a field sets anything off (WCAG 2.1.4).
 */
"use strict";

document.addEventListener("keydown", (event) => {
    if (event.repeat || !(event.altKey || event.ctrlKey)) return;
    const name = event.key.length === 1 ? event.code.replace(/^(Key|Digit|Numpad)/, "") : event.key;
    const wanted = `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${name}`;
    const target = document.querySelector(`[data-key="${CSS.escape(wanted).replace("\\+", "+")}"]`);
    if (!target || target.disabled) return;
    event.preventDefault();
    target.click();
});
