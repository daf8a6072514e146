/*
 * Keys of the desk, on every page. What can be pressed by a key carries data-key: "n", or with Alt or
 * Ctrl "Alt+G" (and data-key-label where its text does not say enough). "?" lists what is on the page;
 * the list's own switch turns the single ones off for this browser, and they rest while somebody types
 * (WCAG 2.1.4); those with Alt or Ctrl work everywhere.
 */
"use strict";

(function () {
    const OFF = "gerak-keys-off";
    const dialog = document.getElementById("g-keys");
    if (!dialog || dialog.dataset.ready) return;
    dialog.dataset.ready = "1";
    const list = dialog.querySelector("dl");
    const toggle = dialog.querySelector("input");
    const off = () => localStorage.getItem(OFF) === "1";
    /* Seen, and to be pressed: what is invisible or lies in a fieldset that is off answers to no key. */
    const isShown = (node) => node.getClientRects().length > 0 && !node.matches(":disabled") &&
        getComputedStyle(node).visibility === "visible";
    const marked = () => [...document.querySelectorAll("[data-key]")];

    function labelOf(node) {
        if (node.dataset.keyLabel) return node.dataset.keyLabel;
        const copy = node.cloneNode(true);
        copy.querySelectorAll("kbd").forEach((cap) => cap.remove());
        return copy.textContent.trim().replace(/\s+/g, " ");
    }

    function showList() {
        const seen = new Set(["?"]);
        const rows = [["?", dialog.dataset.helpLabel]];
        for (const node of marked()) {
            if (seen.has(node.dataset.key) || !(isShown(node) || node.dataset.keyAlways !== undefined)) continue;
            seen.add(node.dataset.key);
            rows.push([node.dataset.key, labelOf(node)]);
        }
        list.replaceChildren(...rows.map(([key, label]) => {
            const row = document.createElement("div");
            const term = document.createElement("dt");
            const cap = document.createElement("kbd");
            const text = document.createElement("dd");
            cap.textContent = key;
            term.append(cap);
            text.textContent = label;
            row.append(term, text);
            return row;
        }));
        toggle.checked = !off();
        if (!dialog.open) dialog.showModal();
    }

    function isTyping(target) {
        return target.isContentEditable || (target.matches && target.matches("input, select, textarea, [role=textbox]"));
    }

    toggle.addEventListener("change", () => localStorage.setItem(OFF, toggle.checked ? "0" : "1"));
    for (const button of document.querySelectorAll("[data-keys-help]")) button.addEventListener("click", showList);

    /* What an event is called in data-key: by the key's place where Alt changes what it types. */
    function nameOf(event) {
        if (!event.altKey && !event.ctrlKey) return event.key;
        const name = event.key.length === 1 ? event.code.replace(/^(Key|Digit|Numpad)/, "") : event.key;
        return `${event.ctrlKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${name}`;
    }

    document.addEventListener("keydown", (event) => {
        const isSingle = !event.altKey && !event.ctrlKey;
        if (event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
        if (isSingle && (off() || isTyping(event.target))) return;
        if (event.key === "?" && isSingle) { event.preventDefault(); showList(); return; }
        const name = nameOf(event);
        const node = marked().find((one) => one.dataset.key === name && (isShown(one) || one.dataset.keyAlways !== undefined));
        if (!node) return;
        event.preventDefault();
        if (node.matches("input:not([type=checkbox]):not([type=submit]), select, textarea")) node.focus();
        else node.click();
    });
}());
