/*
 * A report as it is typed: the place is read, places of that name are offered, and incidents that
 * are already known are shown beside the form, first those that are likely the same.
 */
"use strict";

(() => {
    const WAIT_MS = 250;
    const form = document.querySelector("[data-suggest]");
    if (!form) return;
    const field = (name) => form.elements.namedItem(name);
    const read = document.getElementById("place-read");
    const hint = read ? read.textContent : "";
    const places = document.getElementById("places");
    const likely = document.getElementById(form.dataset.likely);
    const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
    let timer = 0;
    let asked = 0;
    let clicked = false;  // a click on the map needs no moving of the map

    function ask() {
        const query = new URLSearchParams();
        for (const name of ["call", "type", "place", "lat", "lon"]) {
            const value = field(name) ? field(name).value.trim() : "";
            if (value) query.set(name, value.replace(/^(-?\d+),(\d+)$/, "$1.$2"));
        }
        for (const box of form.querySelectorAll("[name=areas]:checked")) query.append("areas", box.value);
        const mine = ++asked;
        fetch(`${form.dataset.suggest}?${query}`, {headers: {Accept: "application/json"}})
            .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
            .then((found) => { if (mine === asked) show(found); })
            .catch(() => {});  // the form works without: the server reads the place again
    }

    function show(found) {
        if (found.point && field("place") && field("place").value.trim()) setPoint(...found.point);
        if (read) read.textContent = found.problem || (found.area ? found.area.name : hint);
        if (places) places.replaceChildren(...found.places.map(placeButton));
        if (likely) likely.replaceChildren(...found.likely.map(known));
    }

    function setPoint(lat, lon) {
        field("lat").value = lat;
        field("lon").value = lon;
        field("lat").dispatchEvent(new Event("input"));  // moves the pin; does not bubble, asks nothing
        const div = document.querySelector(".g-call-map");
        if (div && window.GerakMap && !clicked) window.GerakMap.of(div).go(lat, lon);
        clicked = false;
    }

    function placeButton(place) {
        const button = element("button", place.name);
        button.type = "button";
        button.addEventListener("click", () => {
            setPoint(place.lat, place.lon);
            if (field("landmark") && !field("landmark").value) field("landmark").value = place.name;
            field("place").value = `${place.lat}, ${place.lon}`;
            ask();
        });
        return button;
    }

    function known(one, index) {
        const box = element("article");
        box.className = `g-known${one.is_likely ? " g-known-likely" : ""}`;
        const head = element("p");
        const link = element("a", one.number);
        link.href = one.url;
        head.append(link, ` ${one.type} · ${one.state}`);
        box.append(head, element("p", [one.place, one.distance, one.minutes].filter(Boolean).join(" · ")));
        const reasons = element("ul");
        reasons.className = "g-reasons";
        reasons.append(...one.reasons.map((reason) => element("li", reason)));
        box.append(reasons);
        if (one.join_url) box.append(joinForm(one, index));
        return box;
    }

    function joinForm(one, index) {
        const join = element("form");
        join.method = "post";
        join.action = one.join_url;
        join.append(hidden("csrfmiddlewaretoken", csrf), hidden("incident", one.id));
        const button = element("button", one.join_label);
        if (index === 0) {
            button.dataset.key = "Alt+G";
            button.append(" ", element("kbd", "Alt G"));
        }
        join.append(button);
        return join;
    }

    function hidden(name, value) {
        const input = element("input");
        Object.assign(input, {type: "hidden", name, value});
        return input;
    }

    function element(tag, text) {
        const made = document.createElement(tag);
        if (text) made.textContent = text;
        return made;
    }

    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
    form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT_MS); });
    document.addEventListener("map-picked", (event) => {
        clicked = true;
        if (field("place")) field("place").value = `${event.detail.lat.toFixed(6)}, ${event.detail.lon.toFixed(6)}`;
    });
})();
