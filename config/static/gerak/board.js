/*
 * The live board: keeps the page like the rows, row by row; filters that stand in the URL, sounds,
 * one-key presses, red by itself when nothing was heard for 5 s.
 */
"use strict";

(function () {
    const live = window.GerakLive;
    const cards = window.GerakCards;
    const sounds = window.GerakSounds;
    const { setup, words, rows, feed, byId, make, icon, badge, keep } = live;
    const root = byId("board");
    const map = window.GerakMap.of(byId("map"));
    const unitOrder = ["assigned", "available", "out_of_service", "off_duty"];
    let shown = [];
    let hidden = { count: 0, red: 0 };

    map.onIncident = (id) => {
        const card = byId(`i-${id}`);
        if (!card) return;
        card.scrollIntoView({ block: "center" });
        card.querySelector(".g-title").focus({ preventScroll: true });
    };

    /* --- Acts ---------------------------------------------------------------------------------------- */

    function say(text) {
        byId("said").replaceChildren(text ? badge(["alarm", "alert", text]) : "");
    }

    /* What the server refused, in its own words; "" where the press was done. Anything but its answer
       to a script (a sign-in page where the session ended) is a refusal too. */
    async function refusalOf(answer) {
        const isTold = (answer.headers.get("Content-Type") || "").includes("json");
        if (!isTold) return `${words.refused} (${answer.redirected ? words.signed_out : answer.status})`;
        const { done, messages = [], detail, title } = await answer.json();
        if (answer.ok && done) return "";
        return messages.map((one) => one.text).join(" ") || detail || title || words.refused;
    }

    async function act(node, url, data, then) {
        const body = new FormData();
        body.append("csrfmiddlewaretoken", root.querySelector("[name=csrfmiddlewaretoken]").value);
        for (const [name, value] of Object.entries(data)) body.append(name, value);
        node.disabled = true;
        try {
            const refusal = await refusalOf(await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } }));
            say(refusal);
            if (!refusal && then) location.assign(then);
        } catch {
            say(words.unsent_press);
        } finally {
            node.disabled = false;
        }
    }

    /* --- Filters, kept in the URL ----------------------------------------------------------------------- */

    const filters = { agency: byId("filter-agency"), area: byId("filter-area") };
    const names = { agency: "instansi", area: "wilayah" };

    function readFilters() {
        const query = new URLSearchParams(location.search);
        for (const [key, select] of Object.entries(filters)) {
            const wanted = query.get(names[key]) || "";
            if (wanted && ![...select.options].some((option) => option.value === wanted)) select.append(new Option(wanted, wanted));
            select.value = wanted;
        }
    }

    function writeFilters() {
        const query = new URLSearchParams(location.search);
        for (const [key, select] of Object.entries(filters)) {
            if (select.value) query.set(names[key], select.value);
            else query.delete(names[key]);
        }
        history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
        draw();
        drawUnits();
    }

    /* An area's own name and those of the areas below it, whose codes begin with its code. */
    function areaNames(code) {
        const areas = JSON.parse(byId("map-setup").textContent).areas;
        return new Set(areas.filter((area) => area.code === code || area.code.startsWith(`${code}.`)).map((area) => area.name));
    }

    /* What nobody was sent to belongs to every agency: it is never filtered away by one. */
    function isWanted({ incident, assignments, level }, places) {
        if (places && !(incident.areas || []).some((name) => places.has(name))) return false;
        if (!filters.agency.value || level === "unsent") return true;
        return assignments.some((row) => row.agency === filters.agency.value);
    }

    function drawFilterState() {
        const isFiltered = Boolean(filters.agency.value || filters.area.value);
        byId("filter-clear").hidden = !isFiltered;
        const parts = [];
        if (hidden.count) parts.push(badge(hidden.red ? ["alarm", "alert", `${hidden.count} ${words.hidden}, ${hidden.red} ${words.tally_red}`] : ["quiet", "dot", `${hidden.count} ${words.hidden}`]));
        byId("filter-state").replaceChildren(...parts);
    }

    /* --- Rows ---------------------------------------------------------------------------------------------- */

    function draw() {
        const places = filters.area.value ? areaNames(filters.area.value) : null;
        const all = live.ranked();
        shown = all.filter((one) => isWanted(one, places));
        hidden = { count: all.length - shown.length, red: all.filter((one) => one.level === "red").length - shown.filter((one) => one.level === "red").length };
        const wanted = shown.map((one) => ({ key: one.incident.id, face: one.face, make: () => cards.cardOf(one, act) }));
        if (!wanted.length) wanted.push({ key: "none", face: "", make: () => make("li", "g-empty", icon("check"), words.nothing_open) });
        keep(byId("incidents"), wanted);
        byId("open-count").textContent = String(shown.length);
        tally();
        drawFilterState();
        drawMap();
        tick();
    }

    function drawMap() {
        map.show({
            incidents: shown.map((one) => ({ ...one.incident, title: cards.nameOf(one.incident), red: one.level === "red" })),
            units: wantedUnits(),
        });
    }

    function tally() {
        const count = (level) => shown.filter((one) => one.level === level).length;
        const parts = [];
        if (count("red")) parts.push(badge(["alarm", "alert", `${count("red")} ${words.tally_red}`]));
        if (count("unsent")) parts.push(badge(["warn", "clock", `${count("unsent")} ${words.tally_unsent}`]));
        if (count("amber")) parts.push(badge(["warn", "late", `${count("amber")} ${words.tally_amber}`]));
        const text = parts.map((part) => part.textContent).join(" ");
        const box = byId("tally");
        if (box.dataset.text === text) return;
        box.dataset.text = text;
        box.replaceChildren(...parts);
    }

    function wantedUnits() {
        return [...rows.units.values()].filter((unit) => !filters.agency.value || unit.agency === filters.agency.value);
    }

    function drawUnits() {
        const units = wantedUnits().sort((a, b) =>
            unitOrder.indexOf(a.status) - unitOrder.indexOf(b.status) || a.call_sign.localeCompare(b.call_sign));
        keep(byId("units"), units.map((unit) => ({ key: unit.id, face: String(unit.v), make: () => cards.unitLine(unit) })));
        byId("unit-count").textContent = String(units.length);
        const known = new Set([...filters.agency.options].map((option) => option.value));
        for (const name of [...new Set([...rows.units.values()].map((unit) => unit.agency))].sort()) {
            if (!known.has(name)) filters.agency.append(new Option(name, name));
        }
    }

    function drawCalls() {
        const calls = [...rows.calls.values()].sort((a, b) =>
            cards.isRinging(b) - cards.isRinging(a) || String(a.ringing_at || a.answered_at).localeCompare(String(b.ringing_at || b.answered_at)));
        byId("calls-box").hidden = !calls.length;
        const first = calls.find((call) => !call.claimed_by);
        keep(byId("calls"), calls.map((call) => ({
            key: call.id, face: `${call.v} ${cards.isStale(call)} ${call === first}`, make: () => cards.callLine(call, act, call === first),
        })));
    }

    function drawAlerts() {
        const alerts = [...rows.alerts.values()].sort((a, b) =>
            (b.kind === "emergency") - (a.kind === "emergency") || String(a.at).localeCompare(String(b.at)));
        byId("alerts").hidden = !alerts.length;
        root.classList.toggle("g-crying", alerts.some((alert) => alert.kind === "emergency"));
        keep(byId("alerts"), alerts.map((alert, index) => ({
            key: alert.id, face: `${alert.v} ${index === 0}`, make: () => cards.alertLine(alert, act, index === 0),
        })));
    }

    function drawInstructions() {
        const wanted = [...rows.instructions.values()];
        keep(byId("instructions"), wanted.map((row, index) => ({
            key: row.id, face: `${row.v} ${index === 0}`, make: () => cards.instructionLine(row, act, index === 0),
        })));
    }

    function drawHealth() {
        const problems = feed.health.problems || [];
        const text = problems.map(live.problemText).join(" ");
        const box = byId("health");
        if (box.dataset.text === text) return;
        box.dataset.text = text;
        const parts = problems.map((problem) => {
            const part = badge([problem.level === "red" ? "alarm" : "warn", "alert", live.problemText(problem)]);
            part.classList.toggle("g-bar", problem.level === "red");
            return part;
        });
        box.replaceChildren(...parts.sort((a, b) => b.classList.contains("g-bar") - a.classList.contains("g-bar")));
    }

    /* --- Sounds ----------------------------------------------------------------------------------------------- */

    function reasons(isLate) {
        const found = new Set();
        for (const alert of rows.alerts.values()) found.add(alert.kind === "emergency" ? "emergency" : "backup");
        if ([...rows.calls.values()].some((call) => cards.isRinging(call) && !call.claimed_by)) found.add("call");
        if (shown.some((one) => one.level === "red") || hidden.red || rows.instructions.size) found.add("red");
        if (setup.may.send && [...rows.assignments.values()].some((row) => row.proposal)) found.add("proposal");
        if (isLate || (feed.health.problems || []).some((problem) => problem.level === "red")) found.add("late");
        return found;
    }

    function soundChip(kind) {
        const left = sounds.silentFor(kind);
        if (left) return make("span", "g-chip g-silent", icon("mute"), `${words[`sound_${kind}`]} · ${words.silent} ${live.span(left * 1000)}`);
        const chip = make("button", "g-chip", icon("bell"), words[`sound_${kind}`]);
        chip.type = "button";
        chip.dataset.key = "m";
        chip.dataset.keyLabel = words.silence;
        chip.title = words.silence;
        chip.setAttribute("aria-label", `${words[`sound_${kind}`]}: ${words.silence}`);
        chip.addEventListener("click", () => { sounds.silence(kind); drawSounds(reasons(false)); });
        return chip;
    }

    function drawSounds(found) {
        const box = byId("sound");
        const chips = sounds.isOn() ? sounds.kinds.filter((kind) => found.has(kind)) : [];
        const text = `${sounds.isOn()} ${chips.map((kind) => `${kind}${sounds.silentFor(kind)}`)}`;
        if (box.dataset.text === text) return;
        box.dataset.text = text;
        const parts = chips.map(soundChip);
        if (!sounds.isOn()) {
            const turnOn = make("button", "g-chip g-sound-off", icon("mute"), words.sound_off);
            turnOn.type = "button";
            turnOn.dataset.key = "t";
            turnOn.addEventListener("click", wake);
            parts.unshift(turnOn);
        }
        box.replaceChildren(...parts);
    }

    async function wake() {
        if (!sounds.isOn()) await sounds.turnOn();
        tick();
    }

    /* --- Time --------------------------------------------------------------------------------------------------- */

    function tick() {
        byId("clock").textContent = `${live.clock(live.now())} WIB`;
        for (const figure of root.querySelectorAll("[data-run]")) {
            const left = live.run(figure);
            const box = figure.closest(".g-count-down");
            if (!box || figure.dataset.run !== "down") continue;
            const [label, , bar] = box.children;
            const text = left >= 0 ? words.left : words.over;
            if (label.textContent !== text) label.textContent = text;
            bar.value = Math.max(0, Math.round(left / 1000));
            box.classList.toggle("g-over", left < 0);
            box.classList.toggle("g-soon", left >= 0 && left < 180000);
        }
        for (const seen of root.querySelectorAll("[data-recorded-at]")) {
            seen.classList.toggle("g-stale", live.now() - Date.parse(seen.dataset.recordedAt) > 900000);
        }
        const isLate = live.drawFeed(byId("feed"), root);
        const found = reasons(isLate);
        sounds.ring(found);
        drawSounds(found);
    }

    function onFrame(frame) {
        const all = frame.type === "snapshot";
        if (all || frame.units) drawUnits();
        if (all || frame.incidents || frame.assignments) draw();
        else if (frame.units) drawMap();
        if (all || frame.calls) drawCalls();
        if (all || frame.alerts) drawAlerts();
        if (all || frame.instructions) drawInstructions();
        drawHealth();
        live.drawFeed(byId("feed"), root);
    }

    /* The next or the one before, from where the focus is. */
    function go(by) {
        const cardsNow = [...document.querySelectorAll("#incidents .g-incident")];
        const at = cardsNow.findIndex((card) => card.contains(document.activeElement));
        const next = cardsNow[Math.min(cardsNow.length - 1, Math.max(0, at + by))];
        if (!next) return;
        next.querySelector(".g-title").focus({ preventScroll: true });
        next.scrollIntoView({ block: "nearest" });
        map.go(rows.incidents.get(next.id.slice(2))?.lat, rows.incidents.get(next.id.slice(2))?.lon, map.leaflet.getZoom());
    }

    byId("go-next").addEventListener("click", () => go(1));
    byId("go-previous").addEventListener("click", () => go(-1));
    byId("filter-clear").addEventListener("click", () => {
        for (const select of Object.values(filters)) select.value = "";
        writeFilters();
        filters.agency.focus();
    });
    for (const select of Object.values(filters)) select.addEventListener("change", writeFilters);
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { passive: true });

    readFilters();
    tick();
    live.listen("/ws/board/", onFrame);
    sounds.turnOn().then(tick);
    setInterval(tick, 500);
    setInterval(() => {
        if (rows.incidents.size) draw();
        if (rows.calls.size) drawCalls();
    }, 2000);
}());
