/*
 * The wall: the board for a room, read from five metres, nothing to press. As many of the most urgent
 * incidents as fit; the rest is a number.
 */
"use strict";

(function () {
    const live = window.GerakLive;
    const { setup, words, looks, rows, feed, open, red, byId, make, icon, badge, counter, keep } = live;
    const root = byId("wall");
    const map = window.GerakMap.of(byId("map"));
    let shown = [];

    const nameOf = (incident) => (setup.language === "en" ? incident.label_en : incident.label);

    /* The one thing to know of a unit under way: what rings, else where it is. */
    function stateOf(row, ringing) {
        const alarm = ringing.find((name) => red.has(name)) || ringing[0];
        if (alarm) return looks.alarm[alarm] || looks.verdict[row.verdict];
        return looks.assignment[row.state];
    }

    function unitLine(row) {
        const ringing = live.alarmsOf(row);
        const isRed = ringing.some((alarm) => red.has(alarm));
        const line = make("li", isRed ? "g-wall-unit g-red" : "g-wall-unit", make("b", "", row.call_sign), badge(stateOf(row, ringing)));
        if (row.verdict === "pending") line.append(counter("down", row.move_by, "g-wall-left"));
        else line.append(make("span", "g-wall-proof", icon(looks.verdict[row.verdict][1]), looks.verdict[row.verdict][2]));
        return line;
    }

    function rowOf({ incident, assignments, level }) {
        const running = assignments.filter((row) => open.has(row.state));
        const row = make("li", `g-wall-row g-level-${level}`,
            make("div", "g-wall-what", make("span", `g-priority g-p${incident.priority}`, `P${incident.priority}`),
                make("strong", "", nameOf(incident)),
                make("span", "g-wall-where", icon("pin"), make("span", "", (incident.areas || []).join(", ") || words.no_place))),
            make("div", "g-wall-when", make("span", "g-mono", incident.number.split("-").pop()), counter("up", incident.opened_at, "g-wall-age")));
        const idle = level === "unsent" ? badge(["warn", "alert", words.no_units]) : badge(looks.incident[incident.state]);
        row.append(running.length ? make("ul", "g-wall-units", ...running.map(unitLine)) : make("p", "g-wall-units", idle));
        return row;
    }

    /* Hide what does not fit, from the least urgent up, and say how many those are. */
    function fit() {
        const list = byId("incidents");
        const nodes = [...list.children];
        for (const node of nodes) node.hidden = false;
        const bottom = list.getBoundingClientRect().bottom + 1;
        const first = nodes.findIndex((node) => node.getBoundingClientRect().bottom > bottom);
        const out = first < 0 ? [] : nodes.slice(first);
        for (const node of out) node.hidden = true;
        const more = out.length ? [words.more_below.replace("%s", String(out.length))] : [];
        const outRed = out.filter((node) => node.classList.contains("g-level-red")).length;
        if (outRed) more.push(badge(["alarm", "alert", `${outRed} ${words.tally_red}`]));
        byId("more").replaceChildren(...more);
    }

    function figure(label, value, tone) {
        return make("div", `g-wall-figure ${tone || ""}`, make("dt", "", label), make("dd", "g-mono", String(value)));
    }

    function drawFigures() {
        const units = [...rows.units.values()];
        const count = (status) => units.filter((unit) => unit.status === status).length;
        const level = (name) => shown.filter((one) => one.level === name).length;
        const ringing = [...rows.calls.values()].filter((call) => call.state === "ringing").length;
        byId("figures").replaceChildren(
            figure(words.open_now, shown.length), figure(words.tally_red, level("red"), level("red") ? "g-red" : ""),
            figure(words.tally_unsent, level("unsent"), level("unsent") ? "g-amber" : ""),
            figure(words.ringing, ringing, ringing ? "g-amber" : ""),
            figure(words.available, count("available")), figure(words.assigned, count("assigned")),
            figure(words.out_of_service, count("out_of_service")));
    }

    function draw() {
        shown = live.ranked();
        const wanted = shown.slice(0, 40).map((one) => ({ key: one.incident.id, face: one.face, make: () => rowOf(one) }));
        if (!wanted.length) wanted.push({ key: "none", face: "", make: () => make("li", "g-wall-empty", icon("check"), words.nothing_open) });
        keep(byId("incidents"), wanted);
        fit();
        drawFigures();
        map.show({
            incidents: shown.map((one) => ({ ...one.incident, title: nameOf(one.incident), red: one.level === "red" })),
            units: [...rows.units.values()],
        });
        tick();
    }

    function drawAlerts() {
        keep(byId("alerts"), [...rows.alerts.values()].map((alert) => ({
            key: alert.id, face: String(alert.v),
            make: () => make("li", alert.kind === "emergency" ? "g-wall-alert g-emergency" : "g-wall-alert", icon("alert"),
                make("strong", "", words[alert.kind] || words.backup), make("b", "", alert.unit || "–"), counter("up", alert.at)),
        })));
    }

    function drawHealth() {
        const bad = (feed.health.problems || []).filter((problem) => problem.level === "red");
        byId("health").replaceChildren(...bad.map((problem) => badge(["alarm", "alert", live.problemText(problem)])));
    }

    function tick() {
        byId("clock").textContent = live.clock(live.now());
        for (const one of document.querySelectorAll("[data-run]")) {
            const left = live.run(one);
            if (one.dataset.run === "down") one.classList.toggle("g-over", left < 0);
        }
        live.drawFeed(byId("feed"), document.body);
    }

    function onFrame(frame) {
        const all = frame.type === "snapshot";
        if (all || frame.incidents || frame.assignments || frame.units || frame.calls) draw();
        if (all || frame.alerts) { drawAlerts(); fit(); }
        drawHealth();
    }

    window.addEventListener("resize", fit);
    tick();
    live.listen("/ws/board/?wall", onFrame);
    setInterval(tick, 500);
    setInterval(() => { if (rows.incidents.size) draw(); }, 2000);
}());
