/*
 * The board's feed, for the board and the wall: the socket, the rows, the server's clock, alarms, and
 * the small builders of both. Every text goes in by textContent; no markup is built.
 */
"use strict";

window.GerakLive = (function () {
    const open = new Set(["dispatched", "acknowledged", "en_route", "on_scene"]);
    const amber = new Set(["not_moving", "moved_late", "unproven"]);
    const byId = (id) => document.getElementById(id);
    const setup = JSON.parse(byId("board-setup").textContent);
    const { words, looks, limits } = setup;
    const red = new Set(setup.red);
    const rows = {
        incidents: new Map(), assignments: new Map(), units: new Map(), calls: new Map(), alerts: new Map(), instructions: new Map(),
    };
    const feed = { heardAt: null, lag: 0, offset: null, over: "", health: { problems: [] } };
    const clockFormat = new Intl.DateTimeFormat("id-ID", {
        timeZone: setup.zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    });

    /* --- Time ------------------------------------------------------------------------------------- */

    const now = () => Date.now() + (feed.offset || 0);
    const clock = (moment) => clockFormat.format(new Date(moment)).replace(/\./g, ":");

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

    /* --- Builders --------------------------------------------------------------------------------- */

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
        use.setAttribute("href", `${setup.icons}#${name}`);
        svg.append(use);
        return svg;
    }

    const badge = ([tone, glyph, text]) => make("span", `g-badge g-tone-${tone}`, icon(glyph), text);

    /* A figure that runs: up from `at`, or down to it and then over. */
    function counter(direction, at, classes) {
        const node = make("span", `g-mono g-run ${classes || ""}`, "");
        node.dataset.run = direction;
        node.dataset.at = String(Date.parse(at));
        run(node);
        return node;
    }

    function run(node) {
        const at = Number(node.dataset.at);
        const left = at - now();
        let text;
        if (node.dataset.run === "down") text = left >= 0 ? span(left + 999) : `+${span(left)}`;
        else if (node.dataset.run === "age") text = age(-left);
        else text = span(Math.max(0, -left));
        if (node.textContent !== text) node.textContent = text;
        return left;
    }

    /* Keep a list's rows by their key: one that looks the same stays, one that differs is drawn anew. */
    function keep(list, wanted) {
        const kept = list.kept || (list.kept = new Map());
        const keys = new Set(wanted.map((one) => one.key));
        for (const [key, old] of kept) {
            if (!keys.has(key)) { old.node.remove(); kept.delete(key); }
        }
        wanted.forEach((one, index) => {
            let old = kept.get(one.key);
            if (!old || old.face !== one.face) {
                const node = one.make();
                if (old) {
                    const held = old.node.contains(document.activeElement) ? document.activeElement.dataset.hold : undefined;
                    old.node.replaceWith(node);
                    if (held) node.querySelector(`[data-hold="${held}"]`)?.focus({ preventScroll: true });
                }
                old = { node, face: one.face };
                kept.set(one.key, old);
            }
            if (list.children[index] !== old.node) list.insertBefore(old.node, list.children[index] || null);
        });
    }

    /* --- Alarms, computed here as on the server ----------------------------------------------------- */

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

    const urgency = ["red", "unsent", "amber", "calm"];

    /* Only what is still running makes a card red; what ended keeps its verdict in its own line. */
    function levelOf(incident, assignments) {
        const running = assignments.filter((row) => open.has(row.state));
        const ringing = running.flatMap(alarmsOf);
        if (ringing.some((alarm) => red.has(alarm))) return "red";
        if (!running.length && (incident.state === "new" || incident.state === "pending")) return "unsent";
        return ringing.some((alarm) => amber.has(alarm)) ? "amber" : "calm";
    }

    /* The assignments of each incident, running ones first. */
    function grouped() {
        const groups = new Map([...rows.incidents.keys()].map((id) => [id, []]));
        for (const row of rows.assignments.values()) groups.get(row.incident)?.push(row);
        for (const list of groups.values()) {
            list.sort((a, b) => open.has(b.state) - open.has(a.state) || a.dispatched_at.localeCompare(b.dispatched_at));
        }
        return groups;
    }

    /* Every incident with its level and what it would look like: the most urgent first, and those that
       wait for nothing but to be closed after all that still runs. */
    function ranked() {
        const groups = grouped();
        const seen = [...rows.incidents.values()].map((incident) => {
            const assignments = groups.get(incident.id);
            const level = levelOf(incident, assignments);
            const face = [incident.v, level, ...assignments.map((row) => `${row.v} ${alarmsOf(row)}`)].join("|");
            return { incident, assignments, level, face };
        });
        return seen.sort((a, b) => urgency.indexOf(a.level) - urgency.indexOf(b.level) ||
            (a.incident.state === "cleared") - (b.incident.state === "cleared") ||
            a.incident.priority - b.incident.priority || a.incident.opened_at.localeCompare(b.incident.opened_at));
    }

    /* --- The feed's own state --------------------------------------------------------------------------- */

    function lateness() {
        return feed.heardAt === null ? Infinity : (performance.now() - feed.heardAt) / 1000 + feed.lag;
    }

    function drawFeed(line, frame) {
        const late = lateness();
        const isLate = late > limits.feed_s;
        frame.classList.toggle("g-feed-late", isLate);
        let text = words.feed_live;
        if (feed.over) text = feed.over;
        else if (isLate && feed.heardAt === null) text = words.connecting;
        else if (isLate) text = `${words.feed_late} (${words.feed_age.replace("%s", String(Math.floor(late)))})`;
        if (line.dataset.text !== text) {
            line.dataset.text = text;
            line.replaceChildren(icon(isLate ? "alert" : "online"), make("span", "", text));
        }
        return isLate && feed.heardAt !== null;
    }

    /* The server's own sentence names the engine; the page's words are for another language. */
    function problemText(problem) {
        if (problem.message) return problem.message;
        const text = words[`problem_${problem.code}`] || problem.code;
        return problem.seconds ? `${text} (${problem.seconds} ${words.seconds})` : text;
    }

    /* --- The socket --------------------------------------------------------------------------------------- */

    let versions = 0;

    function hear(frame, onFrame) {
        const server = Date.parse(frame.server_time);
        const offset = server - Date.now();
        feed.offset = feed.offset === null || offset > feed.offset ? offset : feed.offset + (offset - feed.offset) * 0.1;
        feed.heardAt = performance.now();
        if (frame.health) {
            feed.health = frame.health;
            feed.lag = frame.health.as_of ? Math.max(0, server - Date.parse(frame.health.as_of)) / 1000 : 0;
        }
        if (frame.type === "snapshot") for (const section of Object.values(rows)) section.clear();
        for (const section of Object.keys(rows)) {
            for (const row of frame[section] || []) {
                if (row.removed) rows[section].delete(row.id);
                else rows[section].set(row.id, { ...row, v: (versions += 1) });
            }
        }
        if (frame.health) document.dispatchEvent(new CustomEvent("gerak-health", { detail: frame.health }));
        onFrame(frame);
    }

    /* Listen for good. onFrame(frame) after the rows were kept; a lost right empties the screen. */
    function listen(path, onFrame) {
        let pause = 500;
        function connect() {
            const scheme = location.protocol === "https:" ? "wss" : "ws";
            const socket = new WebSocket(`${scheme}://${location.host}${path}`);
            socket.onmessage = (message) => { pause = 500; feed.over = ""; hear(JSON.parse(message.data), onFrame); };
            socket.onclose = (event) => {
                if (event.code === 4401 || event.code === 4403) {
                    feed.over = words.signed_out;
                    feed.heardAt = null;
                    for (const section of Object.values(rows)) section.clear();
                    onFrame({ type: "snapshot" });
                    return;
                }
                setTimeout(connect, pause);
                pause = Math.min(pause * 2, 5000);
            };
        }
        connect();
    }

    return {
        setup, words, looks, limits, red, rows, feed, open, byId, make, icon, badge, counter, run, keep,
        now, clock, span, age, alarmsOf, levelOf, ranked, lateness, drawFeed, problemText, listen,
    };
}());
