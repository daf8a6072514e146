/*
 * What the board shows of a row: an incident with its assignments, a unit, a call, a cry for help.
 * Builds nodes; knows neither the socket nor the page around them.
 */
"use strict";

window.GerakCards = (function () {
    const live = window.GerakLive;
    const { setup, words, looks, limits, open, red, make, icon, badge, counter, clock, span, alarmsOf } = live;
    const steps = ["dispatched", "delivered", "acknowledged", "en_route", "on_scene"];

    function link(href, classes, text) {
        const node = make("a", classes, text);
        node.href = href;
        return node;
    }

    function button(classes, text, key, run) {
        const node = make("button", classes, text);
        node.type = "button";
        if (key) {
            node.dataset.key = key;
            node.setAttribute("aria-keyshortcuts", key);
            node.append(make("kbd", "", key));
            node.dataset.keyLabel = text;
        }
        node.addEventListener("click", () => run(node));
        return node;
    }

    /* --- Assignments -------------------------------------------------------------------------------- */

    /* What the next clock of a step is: down to its limit, or up from the sending. */
    function waitingFor(name, row) {
        const sent = Date.parse(row.dispatched_at);
        const until = { delivered: limits.delivery_s, acknowledged: limits.acknowledgement_s }[name];
        if (until && row.state === "dispatched") return counter("down", new Date(sent + until * 1000).toISOString());
        if (name === "on_scene" && row.state === "en_route") return counter("up", row.en_route_at || row.dispatched_at);
        return make("span", "g-mono", "–");
    }

    function step(name, row, ringing, laterDone) {
        const at = row[`${name}_at`];
        const missing = { delivered: "undelivered", acknowledged: "unacknowledged" }[name];
        if (at) return make("li", "g-step g-done", make("b", "", words[name]), make("span", "g-mono", clock(at)));
        if (missing && ringing.includes(missing)) {
            const [, glyph, text] = looks.alarm[missing];
            return make("li", "g-step g-missing", make("b", "", icon(glyph), text), counter("up", row.dispatched_at));
        }
        return make("li", laterDone ? "g-step g-skipped" : "g-step", make("b", "", words[name]),
            laterDone ? make("span", "g-mono", "–") : waitingFor(name, row));
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
            box.append(make("small", "", ""), counter("down", row.move_by, "g-big"), bar);
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

    /* The next unit, where the one before did not take it: one press sends it. */
    function proposalLine(row, act) {
        const { unit, reason, send_url: url } = row.proposal;
        const line = make("div", "g-proposal", icon("move"),
            make("span", "", `${words.proposal} `, make("b", "", unit.call_sign), words[`why_${reason}`] ? ` – ${row.call_sign} ${words[`why_${reason}`]}` : ""));
        if (setup.may.send && url) {
            line.append(button("g-button", `${words.send} ${unit.call_sign}`, "s", (node) => act(node, url, { unit: unit.id })));
        }
        return line;
    }

    function assignmentLine(row, act) {
        const ringing = alarmsOf(row);
        const running = open.has(row.state);
        const name = link(`${setup.urls.assignment}${row.id}/change/`, "g-call-sign", row.call_sign);
        const who = make("div", "g-who", name, make("small", "", row.agency));
        const line = make("li", running ? "g-assignment" : "g-assignment g-ended", who);
        if (running) line.append(stepList(row, ringing), countdown(row), movement(row, ringing));
        else line.append(make("div", "g-outcome", badge(looks.assignment[row.state]), row.reason ? make("span", "g-quiet", row.reason) : ""), countdown(row), movement(row, []));
        if (running && ringing.some((alarm) => red.has(alarm))) line.classList.add("g-red");
        if (row.proposal && row.proposal.unit) line.append(proposalLine(row, act));
        return line;
    }

    /* --- Incidents ----------------------------------------------------------------------------------- */

    function whereLine(incident) {
        const parts = [incident.address, incident.landmark, (incident.areas || []).join(", ")].filter(Boolean);
        return make("p", "g-where", icon("pin"), parts.join(" · ") || words.no_place);
    }

    const nameOf = (incident) => (setup.language === "en" ? incident.label_en : incident.label);

    function cardOf({ incident, assignments, level }, act) {
        const title = link(`${setup.urls.incident}${incident.id}/change/`, "g-title", nameOf(incident));
        title.dataset.hold = "title";
        const opened = make("span", "g-opened g-mono", `${words.opened} ${clock(incident.opened_at)} · `, counter("age", incident.opened_at));
        const card = make("li", `g-incident g-level-${level}`,
            make("div", "g-head", make("span", `g-priority g-p${incident.priority}`, `P${incident.priority}`), title,
                badge(looks.incident[incident.state]), make("span", "g-number g-mono", incident.number), opened),
            make("div", "g-about", whereLine(incident), incident.summary ? make("p", "g-summary", incident.summary) : ""));
        card.id = `i-${incident.id}`;
        if (assignments.length) card.append(make("ul", "g-assignments", ...assignments.map((row) => assignmentLine(row, act))));
        if (level === "unsent") card.append(make("p", "g-no-units", icon("alert"), `${words.no_units} · `, counter("up", incident.reported_at || incident.opened_at)));
        return card;
    }

    /* --- Units ----------------------------------------------------------------------------------------- */

    const unitLooks = { assigned: ["info", "move"], available: ["ok", "check"], out_of_service: ["warn", "alert"], off_duty: ["quiet", "cross"] };
    const reachIcons = { socket: "online", push: "phone", none: "offline" };

    function unitLine(unit) {
        const reach = make("span", unit.reach === "none" ? "g-reach g-none" : "g-reach", icon(reachIcons[unit.reach]), words[unit.reach]);
        const seen = make("span", "g-seen", unit.position ? `${words.position} ` : words.no_position);
        if (unit.position) {
            seen.dataset.recordedAt = unit.position.recorded_at;
            seen.append(counter("age", unit.position.recorded_at));
        }
        const unsent = unit.unsent ? make("span", "g-stale", `${unit.unsent} ${words.unsent}`) : "";
        return make("li", `g-unit-line g-status-${unit.status}`,
            make("span", "g-who", make("b", "", unit.call_sign), make("small", "", unit.agency)),
            badge([...unitLooks[unit.status], words[unit.status]]), make("span", "g-contact", reach, unsent, seen));
    }

    /* --- Calls and cries for help ------------------------------------------------------------------------ */

    const isRinging = (call) => call.state === "ringing";

    /* Whoever claimed it let it ring on: anybody may take it over. */
    const isStale = (call) => Boolean(call.claimed_at) && !call.answered_at &&
        live.now() - Date.parse(call.claimed_at) > limits.claim_stale_s * 1000;

    /* Where a press takes the call; "" where it is not this person's to take. */
    function takingOf(call) {
        const taken = call.claimed_by;
        if (!setup.may.claim || (taken && taken.username === setup.username)) return "";
        if (!taken || isStale(call)) return call.claim_url || "";
        return setup.may.take_over ? call.take_over_url || "" : "";
    }

    function callLine(call, act, isFirst) {
        const taken = call.claimed_by;
        const state = isRinging(call)
            ? ["alarm", call.attention ? "alert" : "phone", words[`attention_${call.attention}`] || words.ringing]
            : ["info", "phone", words[`call_${call.state}`] || call.state];
        const line = make("li", `g-call${isRinging(call) && !taken ? " g-rings" : ""}`, badge(state));
        if (isRinging(call) && call.ringing_at) line.append(counter("up", call.ringing_at, "g-big"));
        else if (call.answered_at) line.append(counter("up", call.answered_at, "g-big"));
        line.append(make("b", "g-mono", call.number || words.no_number));
        if (call.repeats > 1) line.append(make("span", "g-quiet", `${call.repeats}× ${words.in_a_day}`));
        if (call.pranks) line.append(badge(["warn", "question", `${words.pranks} ${call.pranks}×`]));
        if (call.attention && !isRinging(call)) line.append(badge(["alarm", "alert", words[`attention_${call.attention}`]]));
        if (call.line) line.append(make("span", "g-quiet", call.line));
        if (taken) line.append(make("span", "g-claim", `${words.claimed_by} ${taken.name}`));
        const taking = takingOf(call);
        if (taking) {
            line.append(button(taken ? "g-button g-plain" : "g-button", taken ? words.take_over : words.claim, taken || !isFirst ? "" : "c",
                (node) => act(node, taking, {}, call.url)));
        }
        if (call.url) line.append(link(call.url, "g-more", words.open_it));
        return line;
    }

    function alertLine(alert, act, isFirst) {
        const isEmergency = alert.kind === "emergency";
        const line = make("li", isEmergency ? "g-alert g-emergency" : "g-alert",
            make("strong", "", icon("alert"), isEmergency ? words.emergency : words.backup),
            make("b", "g-alert-who", [alert.unit, alert.by].filter(Boolean).join(" · ") || "–"),
            counter("up", alert.at, "g-big"));
        if (alert.incident) line.append(make("span", "g-mono", alert.incident.number));
        if (alert.text) line.append(make("q", "", alert.text));
        if (setup.may.answer && alert.answer_url) line.append(button("g-button", words.answer, isFirst ? "e" : "", (node) => act(node, alert.answer_url, {})));
        if (alert.url) line.append(link(alert.url, "g-more", words.open_it));
        return line;
    }

    function instructionLine(row, act, isFirst) {
        const line = make("li", "g-instruction", icon("phone"),
            make("p", "", make("strong", "", `${words.call_and_say} ${row.to}`),
                row.phone ? make("span", "g-phone g-mono", row.phone) : make("span", "g-quiet", words.no_phone_known),
                make("span", "g-mono g-quiet", clock(row.since)), make("q", "", row.text)));
        if (!setup.may.speak || !row.said_url) line.append(link(row.url, "g-more", words.open_it));
        else {
            line.append(button("g-button", words.said, isFirst ? "d" : "", (node) => act(node, row.said_url, {})),
                button("g-button g-plain", words.unanswered, "", (node) => act(node, row.unanswered_url, {})));
        }
        return line;
    }

    return { instructionLine, cardOf, unitLine, callLine, alertLine, isRinging, isStale, nameOf, button };
}());
