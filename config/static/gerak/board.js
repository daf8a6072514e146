/*
 * The live board: draws what /ws/board/ says, counts clocks down by the server's time, and turns red
 * by itself when nothing was heard for 5 s. Every text goes in by textContent; no markup is built.
 */
"use strict";

(function () {
    const root = document.getElementById("board");
    const setup = JSON.parse(document.getElementById("board-setup").textContent);
    const { looks, words, limits } = setup;
    const red = new Set(setup.red);
    const amber = new Set(["not_moving", "moved_late", "unproven"]);
    const open = new Set(["dispatched", "acknowledged", "en_route", "on_scene"]);
    const steps = ["dispatched", "delivered", "acknowledged", "en_route", "on_scene"];
    const unitOrder = ["assigned", "available", "out_of_service", "off_duty"];
    const byId = (id) => document.getElementById(id);
    const clockFormat = new Intl.DateTimeFormat("id-ID", {
        timeZone: setup.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    });

    const rows = { incidents: new Map(), assignments: new Map(), units: new Map(), instructions: new Map() };
    const cards = new Map();
    const map = window.GerakMap.of(byId("map"));
    map.onIncident = (id) => cards.get(id)?.node.scrollIntoView({ block: "center" });
    const feed = { heardAt: null, lag: 0, offset: null, over: "", health: { problems: [] } };

    /* --- Small things --------------------------------------------------------------------------- */

    const now = () => Date.now() + (feed.offset || 0);
    const clock = (text) => clockFormat.format(new Date(text)).replace(/\./g, ":");

    function make(tag, classes, ...children) {
        const node = document.createElement(tag);
        if (classes) node.className = classes;
        node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
        return node;
    }

    function icon(name) {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
        svg.setAttribute("class", "g-icon");
        svg.setAttribute("aria-hidden", "true");
        use.setAttribute("href", `${root.dataset.icons}#${name}`);
        svg.append(use);
        return svg;
    }

    const badge = ([tone, glyph, text]) => make("span", `g-badge g-tone-${tone}`, icon(glyph), text);

    function span(milliseconds) {
        const total = Math.floor(Math.abs(milliseconds) / 1000);
        const two = (number) => String(number).padStart(2, "0");
        const hours = Math.floor(total / 3600);
        const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
        return hours ? `${hours}:${rest}` : rest;
    }

    function age(milliseconds) {
        const seconds = Math.max(0, Math.floor(milliseconds / 1000));
        if (seconds < 60) return `${seconds} ${words.seconds}`;
        if (seconds < 5400) return `${Math.floor(seconds / 60)} ${words.minutes}`;
        return `${Math.floor(seconds / 3600)} ${words.hours}`;
    }

    /* --- Alarms, computed here as on the server --------------------------------------------------- */

    function alarmsOf(row) {
        const ringing = [];
        const since = now() - Date.parse(row.dispatched_at);
        const waiting = row.state === "dispatched";
        if (waiting && !row.delivered_at && since >= limits.delivery_s * 1000) ringing.push("undelivered");
        if (waiting && since >= limits.acknowledgement_s * 1000) ringing.push("unacknowledged");
        const judged = { stationary: "stationary", moved_late: "moved_late", indeterminate: "unproven", unverifiable: "unproven" };
        if (judged[row.verdict]) ringing.push(judged[row.verdict]);
        else if (row.verdict === "pending" && open.has(row.state)) {
            if (now() > Date.parse(row.move_by)) ringing.push("movement_overdue");
            else if (since >= limits.movement_warning_s * 1000) ringing.push("not_moving");
        }
        return ringing;
    }

    /* Only what is still running makes a card red; what ended keeps its verdict in its own line. */
    function levelOf(incident, assignments) {
        const running = assignments.filter((row) => open.has(row.state));
        const ringing = running.flatMap(alarmsOf);
        if (ringing.some((alarm) => red.has(alarm))) return "red";
        if (!running.length && (incident.state === "new" || incident.state === "pending")) return "unsent";
        return ringing.some((alarm) => amber.has(alarm)) ? "amber" : "calm";
    }

    /* --- Cards ------------------------------------------------------------------------------------ */

    function step(name, row, ringing, laterDone) {
        const at = row[`${name}_at`];
        const missing = { delivered: "undelivered", acknowledged: "unacknowledged" }[name];
        if (at) return make("li", "g-step g-done", make("b", "", words[name]), make("span", "g-mono", clock(at)));
        if (missing && ringing.includes(missing)) {
            const [, glyph, text] = looks.alarm[missing];
            return make("li", "g-step g-missing", make("b", "", icon(glyph), text));
        }
        return make("li", laterDone ? "g-step g-skipped" : "g-step", make("b", "", words[name]), make("span", "g-mono", "–"));
    }

    function stepList(row, ringing) {
        const list = make("ol", "g-steps");
        const done = steps.map((name) => Boolean(row[`${name}_at`]));
        steps.forEach((name, index) => {
            list.append(step(name, row, ringing, done.slice(index + 1).some(Boolean)));
        });
        return list;
    }

    function countdown(row) {
        const box = make("div", "g-count-down");
        if (row.moved_at) {
            box.append(make("small", "", words.moved_after),
                make("span", "g-mono", span(Date.parse(row.moved_at) - Date.parse(row.dispatched_at))));
        } else if (row.verdict !== "pending") {
            box.append(make("small", "", words.limit), make("span", "g-mono", clock(row.move_by)));
        } else if (open.has(row.state)) {
            const bar = document.createElement("progress");
            bar.max = Math.round((Date.parse(row.move_by) - Date.parse(row.dispatched_at)) / 1000);
            bar.setAttribute("aria-hidden", "true");
            box.append(make("small", "", ""), make("span", "g-mono g-big", ""), bar);
            box.dataset.moveBy = row.move_by;
        }
        return box;
    }

    function movement(row, ringing) {
        const box = make("div", "g-movement");
        const alarm = ringing.find((name) => name === "movement_overdue" || name === "not_moving");
        box.append(badge(alarm ? looks.alarm[alarm] : looks.verdict[row.verdict]));
        if (row.verdict_reason) box.append(make("small", "", looks.reason[row.verdict_reason] || row.verdict_reason));
        return box;
    }

    function assignmentLine(row) {
        const ringing = alarmsOf(row);
        const running = open.has(row.state);
        const name = make("a", "g-call-sign", row.call_sign);
        name.href = `${root.dataset.assignmentUrl}${row.id}/change/`;
        const who = make("div", "g-who", name, make("small", "", row.agency));
        const line = make("li", running ? "g-assignment" : "g-assignment g-ended", who);
        if (running) line.append(stepList(row, ringing), countdown(row), movement(row, ringing));
        else line.append(make("div", "g-outcome", badge(looks.assignment[row.state]), row.reason ? make("span", "g-quiet", row.reason) : ""), countdown(row), movement(row, []));
        if (running && ringing.some((alarm) => red.has(alarm))) line.classList.add("g-red");
        return line;
    }

    function whereLine(incident) {
        const parts = [incident.address, incident.landmark, incident.areas.join(", ")].filter(Boolean);
        return make("p", "g-where", icon("pin"), parts.join(" · ") || words.no_place);
    }

    function cardOf(incident, assignments, level) {
        const title = make("a", "g-title", setup.language === "en" ? incident.label_en : incident.label);
        title.href = `${root.dataset.incidentUrl}${incident.id}/change/`;
        const opened = make("span", "g-opened g-mono", `${words.opened} ${clock(incident.opened_at)} · `, make("span", "g-age", ""));
        const card = make("li", `g-incident g-level-${level}`,
            make("div", "g-head", make("span", `g-priority g-p${incident.priority}`, `P${incident.priority}`), title,
                badge(looks.incident[incident.state]), make("span", "g-number g-mono", incident.number), opened),
            make("div", "g-about", whereLine(incident), incident.summary ? make("p", "g-summary", incident.summary) : ""));
        card.dataset.openedAt = incident.opened_at;
        if (assignments.length) card.append(make("ul", "g-assignments", ...assignments.map(assignmentLine)));
        else card.append(make("p", "g-no-units", icon("alert"), words.no_units));
        return card;
    }

    function grouped() {
        const groups = new Map([...rows.incidents.keys()].map((id) => [id, []]));
        for (const row of rows.assignments.values()) {
            if (groups.has(row.incident)) groups.get(row.incident).push(row);
        }
        for (const list of groups.values()) {
            list.sort((a, b) => open.has(b.state) - open.has(a.state) || a.dispatched_at.localeCompare(b.dispatched_at));
        }
        return groups;
    }

    const urgency = ["red", "unsent", "amber", "calm"];

    function draw() {
        const groups = grouped();
        const seen = [];
        for (const [id, incident] of rows.incidents) {
            const assignments = groups.get(id);
            const level = levelOf(incident, assignments);
            const face = JSON.stringify([incident, assignments, level, assignments.map(alarmsOf)]);
            if (!cards.has(id) || cards.get(id).face !== face) {
                const node = cardOf(incident, assignments, level);
                if (cards.has(id)) cards.get(id).node.replaceWith(node);
                cards.set(id, { node, face });
            }
            seen.push({ id, level, incident, count: assignments.length });
        }
        for (const id of [...cards.keys()]) {
            if (!rows.incidents.has(id)) { cards.get(id).node.remove(); cards.delete(id); }
        }
        seen.sort((a, b) => urgency.indexOf(a.level) - urgency.indexOf(b.level) ||
            a.incident.priority - b.incident.priority || a.incident.opened_at.localeCompare(b.incident.opened_at));
        arrange(seen.map((one) => cards.get(one.id).node));
        byId("open-count").textContent = String(seen.length);
        tally(seen);
        map.show({
            incidents: seen.map((one) => ({ ...one.incident, title: one.incident.label, red: one.level === "red" })),
            units: [...rows.units.values()],
        });
        tick();
    }

    function arrange(nodes) {
        const list = byId("incidents");
        nodes.forEach((node, index) => {
            if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
        });
        if (!nodes.length) list.replaceChildren(make("li", "g-empty", words.nothing_open));
        else list.querySelector(".g-empty")?.remove();
    }

    function tally(seen) {
        const count = (level) => seen.filter((one) => one.level === level).length;
        const parts = [];
        if (count("red")) parts.push(badge(["alarm", "alert", `${count("red")} ${words.tally_red}`]));
        if (count("unsent")) parts.push(badge(["warn", "clock", `${count("unsent")} ${words.tally_unsent}`]));
        if (count("amber")) parts.push(badge(["warn", "late", `${count("amber")} ${words.tally_amber}`]));
        byId("tally").replaceChildren(...parts);
    }

    /* --- Units -------------------------------------------------------------------------------------- */

    const unitLooks = { assigned: ["info", "move"], available: ["ok", "check"], out_of_service: ["warn", "alert"], off_duty: ["quiet", "cross"] };
    const reachIcons = { socket: "online", push: "phone", none: "offline" };

    function unitLine(unit) {
        const reach = make("span", unit.reach === "none" ? "g-reach g-none" : "g-reach", icon(reachIcons[unit.reach]), words[unit.reach]);
        const seen = make("span", "g-seen g-mono", unit.position ? "" : words.no_position);
        if (unit.position) seen.dataset.recordedAt = unit.position.recorded_at;
        return make("li", `g-unit-line g-status-${unit.status}`,
            make("span", "g-who", make("b", "", unit.call_sign), make("small", "", unit.agency)),
            badge([...unitLooks[unit.status], words[unit.status]]), make("span", "g-contact", reach, seen));
    }

    function drawUnits() {
        const units = [...rows.units.values()].sort((a, b) =>
            unitOrder.indexOf(a.status) - unitOrder.indexOf(b.status) || a.call_sign.localeCompare(b.call_sign));
        byId("units").replaceChildren(...units.map(unitLine));
        byId("unit-count").textContent = String(units.length);
    }

    /* --- Time --------------------------------------------------------------------------------------- */

    function tick() {
        byId("clock").textContent = `${clock(now())} WIB`;
        for (const box of document.querySelectorAll(".g-count-down[data-move-by]")) {
            const left = Date.parse(box.dataset.moveBy) - now();
            const [label, figure, bar] = box.children;
            label.textContent = left >= 0 ? words.left : words.over;
            figure.textContent = left >= 0 ? span(left + 999) : `+${span(left)}`;
            bar.value = Math.max(0, Math.round(left / 1000));
            box.classList.toggle("g-over", left < 0);
            box.classList.toggle("g-soon", left >= 0 && left < 180000);
        }
        for (const card of document.querySelectorAll("[data-opened-at]")) {
            card.querySelector(".g-age").textContent = age(now() - Date.parse(card.dataset.openedAt));
        }
        for (const seen of document.querySelectorAll("[data-recorded-at]")) {
            const since = now() - Date.parse(seen.dataset.recordedAt);
            seen.textContent = `${words.position} ${age(since)}`;
            seen.classList.toggle("g-stale", since > 900000);
        }
        drawFeed();
    }

    function drawFeed() {
        const late = feed.heardAt === null ? Infinity : (performance.now() - feed.heardAt) / 1000 + feed.lag;
        const isLate = late > limits.feed_s;
        root.classList.toggle("g-feed-late", isLate);
        let text = words.feed_live;
        if (feed.over) text = feed.over;
        else if (isLate && feed.heardAt === null) text = words.connecting;
        else if (isLate) text = `${words.feed_late} (${words.feed_age.replace("%s", String(Math.floor(late)))})`;
        const line = byId("feed");
        if (line.dataset.text !== text) {
            line.dataset.text = text;
            line.replaceChildren(icon(isLate ? "alert" : "online"), make("span", "", text));
        }
    }

    /* The server's own sentence names the engine; the page's words are for another language. */
    function sentence(problem) {
        const word = words[`problem_${problem.code}`];
        if (problem.message && (setup.language === "id" || !word)) return problem.message;
        return (word || problem.code) + (problem.seconds ? ` (${problem.seconds} ${words.seconds})` : "");
    }

    function drawInstructions() {
        byId("instructions").replaceChildren(...[...rows.instructions.values()].map((row) => {
            const confirm = make("a", "g-button", words.confirm_spoken);
            confirm.href = row.url;
            return make("li", "g-instruction", icon("phone"),
                make("p", "", make("strong", "", `${words.call_and_say} ${row.to}`),
                    row.phone ? make("span", "g-mono", row.phone) : make("span", "g-quiet", words.no_phone_known),
                    make("q", "", row.text)),
                make("span", "g-mono g-quiet", clock(row.since)), confirm);
        }));
    }

    function drawHealth() {
        const problems = feed.health.problems;
        byId("health").replaceChildren(...problems.map((problem) => badge([
            problem.level === "red" ? "alarm" : "warn", "alert", sentence(problem),
        ])));
        root.classList.toggle("g-unwell", problems.some((problem) => problem.level === "red"));
    }

    /* --- The socket ----------------------------------------------------------------------------------- */

    function hear(frame) {
        const server = Date.parse(frame.server_time);
        const offset = server - Date.now();
        feed.offset = feed.offset === null || offset > feed.offset ? offset : feed.offset + (offset - feed.offset) * 0.1;
        feed.heardAt = performance.now();
        if (frame.health) {
            feed.health = frame.health;
            feed.lag = frame.health.as_of ? Math.max(0, server - Date.parse(frame.health.as_of)) / 1000 : 0;
            drawHealth();
        }
        if (frame.type === "snapshot") for (const section of Object.values(rows)) section.clear();
        for (const section of Object.keys(rows)) {
            for (const row of frame[section] || []) {
                if (row.removed) rows[section].delete(row.id);
                else rows[section].set(row.id, row);
            }
        }
        if (frame.incidents || frame.assignments || frame.units) draw();
        if (frame.units) drawUnits();
        if (frame.instructions) drawInstructions();
        drawFeed();
    }

    let pause = 500;

    function connect() {
        const scheme = location.protocol === "https:" ? "wss" : "ws";
        const socket = new WebSocket(`${scheme}://${location.host}/ws/board/`);
        socket.onmessage = (message) => { pause = 500; feed.over = ""; hear(JSON.parse(message.data)); };
        socket.onclose = (event) => {
            if (event.code === 4401 || event.code === 4403) {
                feed.over = words.signed_out;
                feed.heardAt = null;
                for (const section of Object.values(rows)) section.clear();
                draw();
                drawUnits();
                return;
            }
            setTimeout(connect, pause);
            pause = Math.min(pause * 2, 5000);
        };
    }

    drawFeed();
    connect();
    setInterval(tick, 500);
    setInterval(() => { if (rows.incidents.size) draw(); }, 2000);
}());
