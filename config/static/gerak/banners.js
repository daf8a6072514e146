/* What BMKG says, above the open incidents. The board's socket brings it with its health; here it is
   drawn, and only when it has changed. Deciding happens on the bulletin's own page. */

(() => {
    "use strict";

    const box = document.getElementById("banners");
    if (!box) return;
    const words = box.dataset;
    let drawn = "";

    function make(tag, className, text) {
        const node = document.createElement(tag);
        if (className) node.className = className;
        if (text) node.textContent = text;
        return node;
    }

    function icon(name) {
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.setAttribute("class", "g-icon");
        svg.setAttribute("aria-hidden", "true");
        const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
        use.setAttribute("href", `${words.icons}#${name}`);
        svg.append(use);
        return svg;
    }

    function line(banner) {
        const item = make("li", `g-banner g-banner-${banner.level}`);
        const text = make("p");
        text.append(make("strong", "", banner.headline));
        if (banner.text) text.append(make("span", "g-banner-more", banner.text));
        const decide = make("a", "g-button", words.decide);
        decide.href = banner.url;
        item.append(icon("alert"), make("span", "g-banner-source", "BMKG"), text, decide);
        return item;
    }

    function age(bmkg) {
        if (!bmkg.stale) return null;
        const note = make("li", "g-banner-age");
        const minutes = bmkg.age_s === null ? null : Math.floor(bmkg.age_s / 60);
        note.append(icon("clock"), minutes === null ? words.never : words.stale.replace("{}", minutes));
        return note;
    }

    document.addEventListener("gerak-health", (event) => {
        const { banners = [], bmkg = { on: false } } = event.detail;
        const minutes = bmkg.age_s === null ? null : Math.floor((bmkg.age_s || 0) / 60);
        const seen = JSON.stringify([banners, bmkg.on, bmkg.stale, bmkg.stale && minutes]);
        if (seen === drawn) return;
        drawn = seen;
        box.replaceChildren(...banners.map(line), ...(bmkg.on ? [age(bmkg)] : []).filter(Boolean));
    });
})();
