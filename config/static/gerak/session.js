/*
 * The session, on every page of the desk: work at the keyboard keeps it alive, and a form is sent only
 * where it still lives. Where it ended, a dialog says so over the page, which keeps what was typed; after
 * a sign-in in another tab the form goes on with the new token.
 */
"use strict";

(function () {
    const dialog = document.getElementById("g-session");
    if (!dialog || dialog.dataset.ready) return;
    dialog.dataset.ready = "1";
    const EVERY = 240000;
    const FRESH = 5000;
    const status = dialog.querySelector("[role=status]");
    let askedAt = Date.now();
    let waiting = null;

    function renewTokens() {
        const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
        if (!found) return;
        for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = found[1];
    }

    /** Ask whose session this is: "mine", "ended", "other"; "unknown" where the server does not say. */
    async function ask() {
        askedAt = Date.now();
        try {
            const answer = await fetch(dialog.dataset.url, {method: "POST", credentials: "same-origin", signal: AbortSignal.timeout(3000)});
            if (answer.status === 401) return "ended";
            if (!answer.ok) return "unknown";
            const {user} = await answer.json();
            if (String(user) !== dialog.dataset.user) return "other";
            renewTokens();
            return "mine";
        } catch {
            return "unknown";
        }
    }

    function show(state) {
        status.textContent = state === "other" ? status.dataset.other : "";
        if (!dialog.open) dialog.showModal();
    }

    async function look() {
        const state = await ask();
        if (state === "ended" || state === "other") show(state);
        else if (dialog.open && state === "mine") dialog.close();
        return state;
    }

    function atWork() {
        if (!dialog.open && Date.now() - askedAt > EVERY) look();
    }

    document.addEventListener("keydown", atWork, {passive: true});
    document.addEventListener("pointerdown", atWork, {passive: true});
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && (dialog.open || Date.now() - askedAt > FRESH)) look();
    });

    document.addEventListener("submit", async (event) => {
        const form = event.target;
        if (form.method !== "post" || form.id === "logout-form") return;
        if (Date.now() - askedAt < FRESH && !dialog.open) return;
        event.preventDefault();
        event.stopImmediatePropagation(); // the page's own hands take it when it comes again
        if (waiting === form) return;
        waiting = form;
        const state = await ask();
        waiting = null;
        if (state === "ended" || state === "other") show(state);
        else form.requestSubmit(event.submitter);
    }, true);

    dialog.querySelector("[data-again]").addEventListener("click", async () => {
        if (await look() === "ended") status.textContent = status.dataset.still;
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
}());
