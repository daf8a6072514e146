/*
 * The outline map of the board: areas, incidents and units as shapes, drawn without any tile.
 * Exposes GerakMap(svg, areas).draw(incidents, units).
 */
"use strict";

(function () {
    const NS = "http://www.w3.org/2000/svg";
    const WIDTH = 400;

    function shape(name, attributes, text) {
        const node = document.createElementNS(NS, name);
        for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
        if (text !== undefined) node.textContent = text;
        return node;
    }

    function boundsOf(areas) {
        const points = areas.flatMap((area) =>
            area.rings ? area.rings.flat() : [[area.centroid_lon, area.centroid_lat]]);
        if (!points.length) points.push([100.62, -0.82], [100.69, -0.74]);
        const lons = points.map((point) => point[0]);
        const lats = points.map((point) => point[1]);
        const pad = areas.some((area) => area.rings) ? 0.004 : 0.015;
        return {
            west: Math.min(...lons) - pad, east: Math.max(...lons) + pad,
            south: Math.min(...lats) - pad, north: Math.max(...lats) + pad,
        };
    }

    function GerakMap(svg, areas) {
        const bounds = boundsOf(areas);
        const squeeze = Math.cos(((bounds.north + bounds.south) / 2) * Math.PI / 180);
        const scale = WIDTH / ((bounds.east - bounds.west) * squeeze);
        const height = (bounds.north - bounds.south) * scale;
        const place = (lat, lon) => [
            ((lon - bounds.west) * squeeze * scale).toFixed(1),
            ((bounds.north - lat) * scale).toFixed(1),
        ];
        const inside = (lat, lon) => lat !== null && lon !== null &&
            lon >= bounds.west && lon <= bounds.east && lat >= bounds.south && lat <= bounds.north;

        /* A name that would run over an earlier one is left out. */
        const named = [];
        function crowded(x, y, name) {
            const half = name.length * 2.4;
            const here = { left: x - half, right: +x + half, top: y - 8, bottom: +y + 2 };
            const hit = named.some((box) => box.left < here.right && box.right > here.left &&
                box.top < here.bottom && box.bottom > here.top);
            if (!hit) named.push(here);
            return hit;
        }

        /* An incident without a point stands at the centroid of its first area, a village if any. */
        const ranked = [...areas].sort((a, b) => (b.level === "kelurahan") - (a.level === "kelurahan"));
        function pointOf(incident) {
            if (incident.lat !== null && incident.lon !== null) return [incident.lat, incident.lon];
            const area = ranked.find((one) => (incident.areas || []).includes(one.name));
            return area ? [area.centroid_lat, area.centroid_lon] : [null, null];
        }

        svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height.toFixed(0)}`);
        const ground = shape("g", {});
        const live = shape("g", {});
        svg.replaceChildren(ground, live);

        for (const area of areas) {
            for (const ring of area.rings || []) {
                const path = ring.map(([lon, lat]) => place(lat, lon).join(" ")).join("L");
                ground.append(shape("path", { d: `M${path}Z`, class: `g-area g-area-${area.level}` }));
            }
        }
        for (const area of areas) {
            if (area.level !== "kelurahan") continue;
            const [x, y] = place(area.centroid_lat, area.centroid_lon);
            if (!area.rings) ground.append(shape("circle", { cx: x, cy: y, r: 15, class: "g-area" }));
            if (!crowded(x, y, area.name)) ground.append(shape("text", { x, y, class: "g-area-name" }, area.name));
        }

        this.draw = function (incidents, units) {
            const dots = [];
            for (const unit of units) {
                const at = unit.position || unit.home;
                if (!at || unit.status === "off_duty" || !inside(at.lat, at.lon)) continue;
                const [x, y] = place(at.lat, at.lon);
                const busy = unit.status === "assigned";
                const dot = shape("g", { class: busy ? "g-unit g-busy" : "g-unit", transform: `translate(${x} ${y})` });
                dot.append(shape("title", {}, unit.call_sign), shape("rect", { x: -4.5, y: -4.5, width: 9, height: 9, rx: 2 }));
                dots.push(dot);
            }
            for (const incident of incidents) {
                const [lat, lon] = pointOf(incident);
                if (!inside(lat, lon)) continue;
                const [x, y] = place(lat, lon);
                const dot = shape("g", { class: incident.red ? "g-spot g-red" : "g-spot", transform: `translate(${x} ${y})` });
                dot.append(
                    shape("title", {}, `${incident.title} ${incident.number}`),
                    shape("circle", { r: 9 }),
                    shape("text", { y: 3.8 }, String(incident.priority)));
                dots.push(dot);
            }
            live.replaceChildren(...dots);
        };
    }

    window.GerakMap = GerakMap;
}());
