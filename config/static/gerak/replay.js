/*
 * The replay: rows and map as they were known at the slider's second. Forward it applies the moments
 * that lie between; backward it begins anew.
 */
"use strict";

(() => {
    const box = document.getElementById("replay");
    if (!box) return;
    const read = (id) => JSON.parse(document.getElementById(id).textContent);
    const data = read("replay-data");
    const words = read("replay-words");
    const byId = (id) => document.getElementById(id);
    const slider = byId("replay-at");
    const empty = byId("replay-empty");
    const play = byId("replay-play");
    const from = Date.parse(data.from);
    const seconds = Math.max(1, Math.round((Date.parse(data.to) - from) / 1000));
    const FACTS_SHOWN = 8;
    const OVER = ["closed", "cancelled", "merged"];
    const clock = new Intl.DateTimeFormat("en-GB", {timeZone: box.dataset.zone, hour12: false,
        hour: "2-digit", minute: "2-digit", second: "2-digit"});
    const moments = data.moments.map((moment) => ({...moment, ms: Date.parse(moment.at)}));
    const positions = data.positions.map(([at, unit, lat, lon]) => ({ms: Date.parse(at), unit, lat, lon, at}));
    let shown = null;
    let done = 0;
    let placed = 0;
    let where = new Map();
    let timer = 0;

    slider.max = String(seconds);

    function begin() {
        shown = {incidents: new Map(Object.entries(data.begins.incidents)),
            assignments: new Map(Object.entries(data.begins.assignments))};
        done = 0;
        placed = 0;
        where = new Map();
    }

    function goTo(second) {
        const now = from + second * 1000;
        if (!shown || (done > 0 && moments[done - 1].ms > now) || (placed > 0 && positions[placed - 1].ms > now)) begin();
        while (done < moments.length && moments[done].ms <= now) {
            for (const section of ["incidents", "assignments"]) {
                for (const [id, row] of Object.entries(moments[done][section] || {})) shown[section].set(id, row);
            }
            done += 1;
        }
        while (placed < positions.length && positions[placed].ms <= now) {
            where.set(positions[placed].unit, positions[placed]);
            placed += 1;
        }
        byId("replay-clock").textContent = clock.format(now);
        slider.setAttribute("aria-valuetext", clock.format(now));
        draw();
    }

    function draw() {
        const open = [...shown.incidents].filter(([, row]) => !OVER.includes(row.state));
        const sent = [...shown.assignments].map(([id, row]) => ({id, ...row}));
        byId("replay-rows").replaceChildren(...open.flatMap(([id, row]) => rowsOf(id, row, sent)));
        empty.hidden = open.length > 0;
        const facts = moments.slice(Math.max(0, done - FACTS_SHOWN), done).reverse();
        byId("replay-facts").replaceChildren(...facts.map((fact) => element("li", sentence(fact))));
        const div = byId("replay-map");
        if (!window.GerakMap) return;
        GerakMap.of(div).show({
            incidents: open.map(([id, row]) => ({id, ...row, label: words.types[row.type] || row.type})),
            units: [...where.values()].map((one) => ({id: one.unit, call_sign: one.unit, status: "assigned",
                position: {lat: one.lat, lon: one.lon, recorded_at: one.at}})),
        });
    }

    function rowsOf(id, incident, sent) {
        const mine = sent.filter((row) => row.incident === id);
        const head = `${incident.number} · P${incident.priority} · ${words.types[incident.type] || incident.type}`;
        const state = word("incident", incident.state);
        if (!mine.length) return [line([head, state, "–", "–", "–"])];
        return mine.map((row, index) => line([index ? "" : head, index ? "" : state, row.unit,
            word("assignment", row.state), word("verdict", row.verdict)]));
    }

    /* A fact's second, what it was, and of which incident and unit. */
    function sentence(fact) {
        const [incident] = Object.values(fact.incidents || {});
        const [assignment] = Object.values(fact.assignments || {});
        const of = [incident?.number, assignment?.unit].filter(Boolean).join(" · ");
        return [clock.format(fact.ms), words.facts[fact.kind] || fact.kind, of].filter(Boolean).join("  ");
    }

    const word = (group, key) => (words[group][key] || [, , key])[2];

    function line(cells) {
        const row = element("tr");
        row.append(...cells.map((text) => element("td", text)));
        return row;
    }

    function element(tag, text) {
        const made = document.createElement(tag);
        if (text !== undefined) made.textContent = text;
        return made;
    }

    function run() {
        const step = Number(byId("replay-speed").value) / 10;
        slider.value = String(Math.min(seconds, Number(slider.value) + step));
        goTo(Number(slider.value));
        if (Number(slider.value) >= seconds) toggle();
    }

    function toggle() {
        const stops = timer !== 0;
        if (stops) clearInterval(timer);
        timer = stops ? 0 : setInterval(run, 100);
        play.setAttribute("aria-pressed", String(!stops));
        play.textContent = stops ? play.dataset.play : play.dataset.pause;
    }

    /* To the fact after the slider's moment, or the one before: nobody waits through a quiet hour. */
    function leap(forward) {
        const now = from + Number(slider.value) * 1000;
        const next = forward ? moments.find((one) => one.ms > now) : moments.findLast((one) => one.ms < now - 100);
        slider.value = String(next ? Math.ceil((next.ms - from) / 100) / 10 : forward ? seconds : 0);
        goTo(Number(slider.value));
    }

    slider.step = "0.1";
    slider.addEventListener("input", () => goTo(Number(slider.value)));
    byId("replay-back").addEventListener("click", () => leap(false));
    byId("replay-next").addEventListener("click", () => leap(true));
    play.addEventListener("click", toggle);
    goTo(0);
})();
