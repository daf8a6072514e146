/* What BMKG says, above the open incidents, and how old its last good answer is. The board's socket
   brings it with its health; here it is drawn, and only when it has changed. Deciding happens on the
   bulletin's own page; a wall has no way there. */

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
        text.append(make("strong", "", banner.headline), make("span", "g-banner-at", `${window.GerakLive.clock(banner.at)} WIB`));
        if (banner.text) text.append(make("span", "g-banner-more", banner.text));
        item.append(icon("alert"), make("span", "g-banner-source", "BMKG"), text);
        if (banner.url) {
            const decide = make("a", "g-button", words.decide);
            decide.href = banner.url;
            item.append(decide);
        }
        return item;
    }

    /* Not read aloud: it changes every minute. */
    function age(bmkg) {
        const note = make("li", bmkg.stale ? "g-banner-age g-stale" : "g-banner-age");
        const said = bmkg.age_s === null ? words.never : words.age.replace("{}", Math.floor(bmkg.age_s / 60));
        note.setAttribute("aria-live", "off");
        note.append(icon("clock"), `${words.credit} ${said}`);
        return note;
    }

    function draw(banners, bmkg) {
        const seen = JSON.stringify(banners);
        if (seen !== drawn) box.replaceChildren(...banners.map(line));
        drawn = seen;
        box.querySelector(".g-banner-age")?.remove();
        if (bmkg.on) box.append(age(bmkg));
    }

    document.addEventListener("gerak-health", ({ detail }) => draw(detail.banners || [], detail.bmkg || { on: false }));
})();
