/*
 * The incident's page, live: asks every second or two what changed, puts new panels in place without
 * losing what somebody types, presses buttons without leaving the page, and counts the clocks.
 *
 * Panels ([data-panel]) are the server's own escaped markup; every other text goes in by textContent.
 */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
    const root = document.getElementById("incident");
    if (!root) return;
    const ASK_EVERY_MS = 1500;
    const told = document.getElementById("told");
    const last = new Map();
    let version = root.dataset.version;
    let asking = false;
    let failures = 0;
    // The token stands in every form of the first page; live panels come without one.
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

    function tell(lines) {
        told.replaceChildren(...lines.map(({ level, text }) => {
            const line = document.createElement("span");
            line.className = `g-told-${level}`;
            line.textContent = text;
            return line;
        }));
    }

    /* --- Panels ----------------------------------------------------------------------------------- */

    const isChanged = (field) => (field.type === "checkbox" ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected) && field.dataset.touched
            : field.value !== field.defaultValue);

    /* What somebody has done in a panel: typed, ticked, opened, where the cursor is. */
    function remember(panel) {
        const fields = [...panel.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((one) => one.id);
        const focus = panel.contains(document.activeElement) ? document.activeElement : null;
        return {
            fields: fields.filter(isChanged).map((one) => ({ id: one.id, value: one.value, checked: one.checked })),
            opened: [...panel.querySelectorAll("details[open][id]")].map((one) => one.id),
            scrolled: panel.querySelector(".g-scroll")?.scrollTop || 0,
            focus: focus && (focus.id ? `#${CSS.escape(focus.id)}` : focus.dataset.key ? `[data-key="${focus.dataset.key}"]` : null),
            from: focus?.selectionStart ?? null, to: focus?.selectionEnd ?? null,
        };
    }

    function restore(panel, kept) {
        for (const { id, value, checked } of kept.fields) {
            const field = panel.querySelector(`#${CSS.escape(id)}`);
            if (!field) continue;
            if (field.type === "checkbox") field.checked = checked;
            else field.value = value;
            field.dataset.touched = "1";
        }
        for (const id of kept.opened) panel.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
        const scroll = panel.querySelector(".g-scroll");
        if (scroll) scroll.scrollTop = kept.scrolled;
        const focus = kept.focus && panel.querySelector(kept.focus);
        if (!focus) return;
        focus.focus({ preventScroll: true });
        if (kept.from !== null && focus.setSelectionRange) focus.setSelectionRange(kept.from, kept.to);
    }

    function put(panels) {
        for (const [name, markup] of Object.entries(panels)) {
            const panel = document.querySelector(`[data-panel="${name}"]`);
            if (!panel || last.get(name) === markup) continue;
            last.set(name, markup);
            const kept = remember(panel);
            panel.innerHTML = markup;
            panel.hidden = !markup.trim();
            restore(panel, kept);
        }
        markCard();
        tick();
    }

    /* --- The unit that the keys act on ------------------------------------------------------------ */

    let current = "";
    const cards = () => [...document.querySelectorAll(".g-unit-card")].filter((card) => card.querySelector("[data-unit-key]"));

    /* The keys on a unit's card are those of one card: the one gone to, else the first. */
    function markCard() {
        const all = cards();
        const mine = all.find((card) => card.id === current) || all[0];
        for (const card of all) {
            card.classList.toggle("g-current", card === mine && all.length > 1);
            for (const node of card.querySelectorAll("[data-unit-key]")) {
                if (card === mine) node.dataset.key = node.dataset.unitKey;
                else delete node.dataset.key;
            }
            for (const cap of card.querySelectorAll("footer kbd")) cap.hidden = card !== mine;
        }
    }

    function goToCard(card) {
        current = card.id;
        markCard();
        card.scrollIntoView({ block: "nearest" });
        card.querySelector(".g-call-sign").focus({ preventScroll: true });
    }

    document.addEventListener("click", ({ target }) => {
        if (!target.closest?.(".g-next-card")) return;
        const all = cards();
        const at = all.findIndex((card) => card.classList.contains("g-current"));
        goToCard(all[(at + 1) % all.length]);
    });
    document.addEventListener("focusin", ({ target }) => {
        const card = target.closest?.(".g-unit-card");
        if (!card || card.id === current || !cards().includes(card)) return;
        current = card.id;
        markCard();
    });

    async function ask() {
        if (asking) return;
        asking = true;
        try {
            const url = `${root.dataset.live}?version=${encodeURIComponent(version)}`;
            const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
            if (answer.status === 200) {
                const body = await answer.json();
                version = body.version;
                put(body.panels);
                if (chosen()) showTrack(false);
            } else if (answer.status !== 204) throw new Error(String(answer.status));
            if (failures >= 3) tell([]);
            failures = 0;
            document.body.classList.remove("g-lost");
        } catch {
            failures += 1;
            if (failures === 3) {
                tell([{ level: "error", text: root.dataset.lost }]);
                document.body.classList.add("g-lost");
            }
        } finally {
            asking = false;
        }
    }

    /* --- Buttons ---------------------------------------------------------------------------------- */

    document.addEventListener("submit", async (event) => {
        const form = event.target;
        if (!form.matches("[data-press]")) return;
        event.preventDefault();
        if (form.dataset.busy) return;
        form.dataset.busy = "1";
        const body = new FormData(form, event.submitter);
        body.set("csrfmiddlewaretoken", token);  // a form of one button alone would be an empty body
        try {
            const answer = await fetch(form.action, {
                method: "POST", body, credentials: "same-origin", redirect: "error",
                headers: { Accept: "application/json", "X-CSRFToken": token },
            });
            if (!answer.ok) throw new Error(String(answer.status));
            const { done, messages } = await answer.json();
            tell(messages);
            if (done) {
                form.reset();
                for (const field of form.elements) delete field.dataset.touched;
                if (form.contains(document.activeElement)) document.activeElement.blur();
            }
        } catch {
            tell([{ level: "error", text: root.dataset.refused }]);
        } finally {
            delete form.dataset.busy;
        }
        await ask();
    });

    document.addEventListener("change", ({ target }) => { if (target.dataset) target.dataset.touched = "1"; });
    // A key on a field goes into it.
    document.addEventListener("click", ({ target }) => {
        if (target.matches?.("textarea[data-key], input[data-key], select[data-key]")) target.focus();
    });

    /* --- Clocks ----------------------------------------------------------------------------------- */

    function span(milliseconds) {
        const total = Math.floor(Math.abs(milliseconds) / 1000);
        const two = (number) => String(number).padStart(2, "0");
        const hours = Math.floor(total / 3600);
        const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
        return hours ? `${hours}:${rest}` : rest;
    }

    function tick() {
        for (const one of document.querySelectorAll("[data-until]")) {
            const left = Date.parse(one.dataset.until) - Date.now();
            one.textContent = left >= 0 ? span(left + 999) : `${root.dataset.over} ${span(left)}`;
            one.classList.toggle("g-over", left < 0);
        }
        for (const one of document.querySelectorAll("[data-since]")) one.textContent = span(Date.now() - Date.parse(one.dataset.since));
    }

    /* --- Evidence --------------------------------------------------------------------------------- */

    const chosen = () => document.getElementById("track-of")?.value || "";  // its panel is exchanged, too
    const words = document.getElementById("track-words");
    const looks = new Map();  // by assignment: what says that this page's look at it is written down
    let drawn = "";

    async function fetchTrack() {
        const wanted = chosen();
        const query = new URLSearchParams({ assignment: wanted, look: looks.get(wanted) || "" });
        const answer = await fetch(`${root.dataset.evidence}?${query}`, { credentials: "same-origin", redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const { look, ...found } = await answer.json();
        looks.set(wanted, look);
        return wanted === chosen() ? found : null;  // somebody chose another meanwhile
    }

    async function showTrack(isNew) {
        const map = window.GerakMap.of(document.getElementById("incident-map"));
        if (!chosen()) { map.show({ track: [] }); words.replaceChildren(); drawn = ""; return; }
        const found = await fetchTrack().catch(() => null);  // the next change asks again
        const text = JSON.stringify(found);
        if (!found || (text === drawn && !isNew)) return;
        drawn = text;
        const { verdict, track, lines, count } = found;
        map.show({ track });
        const head = document.createElement("p");
        const strong = document.createElement("strong");
        strong.textContent = verdict;
        head.append(strong, ` · ${count}`);
        const list = document.createElement("ol");
        list.append(...lines.map((line) => {
            const item = document.createElement("li");
            const kind = document.createElement("b");
            kind.textContent = line.kind;
            item.append(kind, ` ${line.text}`);
            return item;
        }));
        words.replaceChildren(head, list);
    }

    document.addEventListener("change", ({ target }) => { if (target.id === "track-of") showTrack(true); });

    for (const panel of document.querySelectorAll("[data-panel]")) panel.hidden = !panel.innerHTML.trim();
    markCard();
    tick();
    setInterval(tick, 500);
    setInterval(ask, ASK_EVERY_MS);
});
