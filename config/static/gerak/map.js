/*
 * The map: areas, incidents, units, a crew's track, a place picked by a click. Draws on the outlines
 * of the city, without any tile; a tile server is a setting (GERAK_TILE_URL).
 *
 * A page that wants one (view: context["map"] = map_setup() of incidents/admin/maps.py):
 *
 *     {% include "admin/g_map_head.html" %}                        in extrahead: Leaflet and this file
 *     {{ map|json_script:"map-setup" }}                             once
 *     <div class="g-map" data-map="map-setup" aria-label="…"></div>
 *
 * and, each optional, on the div:
 *
 *     data-map-picks="id_lat id_lon"   a click writes into these two inputs, what is typed there moves
 *                                      the pin; the div hears `map-picked` with detail {lat, lon}
 *     data-map-shows="some-json"       a json_script: {"incidents": […], "units": […] as the board has
 *                                      them, "track": [{"lat", "lon", "accuracy_m", "label", "proof", "anchor"}]}
 *
 * From a script: const map = GerakMap.of(div); map.show({incidents, units, track}); map.go(lat, lon);
 * map.onIncident = (id) => …. Text goes in by textContent alone.
 */
"use strict";

window.GerakMap = (function () {
    const CELL_PX = 38;        // incidents nearer than this on the screen stand as one with a number
    const CLOSEST_ZOOM = 16;   // from here on nothing is gathered
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

    function node(tag, classes, text) {
        const one = document.createElement(tag);
        one.className = classes;
        if (text !== undefined) one.textContent = text;
        return one;
    }

    function icon(element, size) {
        return L.divIcon({ html: element, className: "g-pin", iconSize: [size, size] });
    }

    const number = (value) => (value === null || value === undefined || value === "" ? NaN : Number(value));
    const isPlace = (lat, lon) => Number.isFinite(number(lat)) && Number.isFinite(number(lon)) &&
        Math.abs(lat) <= 90 && Math.abs(lon) <= 180;

    class GerakMap {
        constructor(div, setup) {
            this.div = div;
            this.setup = setup;
            this.onIncident = null;
            this.shown = { incidents: [], units: [], track: [] };
            this.pins = new Map();
            this.leaflet = L.map(div, {
                zoomControl: false, attributionControl: false, preferCanvas: false,
                zoomSnap: 0.25, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm,
            });
            L.control.zoom({ zoomInTitle: setup.words.zoom_in, zoomOutTitle: setup.words.zoom_out }).addTo(this.leaflet);
            this._tiles();
            this._areas();
            this.track = L.layerGroup().addTo(this.leaflet);
            this.dots = L.layerGroup().addTo(this.leaflet);
            this.home();
            this.leaflet.on("zoomend", () => { this._draw(); this._names(); });
            new ResizeObserver(() => {
                this.leaflet.invalidateSize({ animate: false });
                if (!this.moved) this.home();
                this._names();
            }).observe(div);
            this.leaflet.on("dragstart", () => { this.moved = true; });
            div.addEventListener("wheel", () => { this.moved = true; }, { passive: true });
        }

        /* Show the whole city. */
        home() {
            const bounds = L.latLngBounds([]);
            for (const area of this.setup.areas) {
                for (const ring of area.rings || []) for (const [lon, lat] of ring) bounds.extend([lat, lon]);
                if (isPlace(area.centroid_lat, area.centroid_lon)) bounds.extend([area.centroid_lat, area.centroid_lon]);
            }
            const beside = Math.max(48, this.div.clientWidth / 9);  // half a name, so that none is cut
            const room = { paddingTopLeft: [beside, 26], paddingBottomRight: [Math.max(beside, this._eastern()), 26] };
            if (bounds.isValid()) this.leaflet.fitBounds(bounds, { ...room, animate: false });
            else this.leaflet.setView(this.setup.centre, 13, { animate: false });
        }

        /* The width of the easternmost name: it may have to stand on the right of its place. */
        _eastern() {
            if (!this.names.length) return 0;
            const { name } = this.names.reduce((far, one) => (one.at[1] > far.at[1] ? one : far));
            name.hidden = false;
            return name.offsetWidth + 12;
        }

        /* Go to a place. */
        go(lat, lon, zoom) {
            if (!isPlace(lat, lon)) return;
            this.moved = true;
            this.leaflet.setView([lat, lon], zoom || Math.max(15, this.leaflet.getZoom()), { animate: !calm });
        }

        /* Draw what is given; what is left out stays as it is. */
        show(what) {
            Object.assign(this.shown, what);
            if (what.track) this._track();
            this._draw();
        }

        _tiles() {
            const tiles = this.setup.tiles;
            if (!tiles) return;
            L.tileLayer(tiles.url, { maxZoom: 19 }).addTo(this.leaflet);
            if (tiles.attribution) this.div.append(node("p", "g-map-source", tiles.attribution));
            this.div.classList.add("g-has-tiles");
        }

        _areas() {
            this.names = [];
            for (const area of this.setup.areas) {
                for (const ring of area.rings || []) {
                    L.polygon(ring.map(([lon, lat]) => [lat, lon]), {
                        className: `g-area g-area-${area.level}`, interactive: false,
                    }).addTo(this.leaflet);
                }
                if (area.level !== "kelurahan" || !isPlace(area.centroid_lat, area.centroid_lon)) continue;
                const at = [area.centroid_lat, area.centroid_lon];
                if (!area.rings) L.circleMarker(at, { radius: 4, className: "g-area-dot", interactive: false }).addTo(this.leaflet);
                const name = node("span", "g-area-name", area.name);
                L.marker(at, { icon: icon(name, 0), interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(this.leaflet);
                this.names.push({ at, name });
            }
        }

        /* A name stands below its place, or above, beside where pins stand; one that would run over an
           earlier name rests until the map is nearer. */
        _names() {
            const names = [];
            const pins = [...this.pins.values()].map(({ marker }) => marker)
                .map((marker) => this._box(marker.getLatLng(), marker.options.icon.options.iconSize[0] / 2));
            const dots = this.names.map(({ at }) => this._box(at, 4));
            const isFree = (box, taken) => !taken.some((one) => one.left < box.right && one.right > box.left &&
                one.top < box.bottom && one.bottom > box.top);
            const { min, max } = this.leaflet.getPixelBounds();
            const origin = this.leaflet.getPixelOrigin();
            const isInView = (box) => box.left + origin.x >= min.x && box.right + origin.x <= max.x;
            for (const { name } of this.names) name.hidden = false;
            const sizes = this.names.map(({ name }) => [name.offsetWidth, name.offsetHeight]);
            for (const [index, { at, name }] of this.names.entries()) {
                const { x, y } = this.leaflet.latLngToLayerPoint(at);
                const [width, height] = sizes[index];
                const sides = [
                    ["below", x - width / 2, y + 7], ["above", x - width / 2, y - 7 - height],
                    ["right", x + 9, y - height / 2], ["left", x - 9 - width, y - height / 2],
                ].map(([side, left, top]) => ({ side, left, top, right: left + width, bottom: top + height }));
                const fitting = sides.filter((box) => isFree(box, names));
                const clear = fitting.filter((box) => isFree(box, pins) && isFree(box, dots));
                const best = clear.find(isInView) || fitting.find(isInView) || fitting[0];
                name.hidden = !best;
                if (!best) continue;
                name.dataset.side = best.side;
                names.push(best);
            }
        }

        _box(at, half) {
            const { x, y } = this.leaflet.latLngToLayerPoint(at);
            return { left: x - half, right: x + half, top: y - half, bottom: y + half };
        }

        /* An incident without a point stands at the centroid of its first known village. */
        _placeOf(incident) {
            if (isPlace(incident.lat, incident.lon)) return [Number(incident.lat), Number(incident.lon)];
            const ranked = [...this.setup.areas].sort((a, b) => (b.level === "kelurahan") - (a.level === "kelurahan"));
            const area = ranked.find((one) => (incident.areas || []).includes(one.name));
            return area && isPlace(area.centroid_lat, area.centroid_lon) ? [area.centroid_lat, area.centroid_lon] : null;
        }

        _gathered() {
            const near = this.leaflet.getZoom() >= CLOSEST_ZOOM;
            const cells = new Map();
            for (const incident of this.shown.incidents) {
                const at = this._placeOf(incident);
                if (!at) continue;
                const { x, y } = this.leaflet.project(at, this.leaflet.getZoom());
                const key = near ? `one ${incident.id}` : `${Math.floor(x / CELL_PX)} ${Math.floor(y / CELL_PX)}`;
                if (!cells.has(key)) cells.set(key, []);
                cells.get(key).push({ incident, at });
            }
            return [...cells.values()];
        }

        _draw() {
            const wanted = new Map();
            for (const unit of this.shown.units) {
                const at = unit.position || unit.home;
                if (unit.status === "off_duty" || !at || !isPlace(at.lat, at.lon)) continue;
                const face = `${unit.status} ${unit.call_sign}`;
                wanted.set(`u${unit.id}`, { at: [at.lat, at.lon], face, make: () => this._unitPin(unit), above: 0 });
            }
            for (const members of this._gathered()) {
                const red = members.some(({ incident }) => incident.red);
                const ids = members.map(({ incident }) => incident.id);
                const at = members.length === 1 ? members[0].at : L.latLngBounds(members.map((one) => one.at)).getCenter();
                const face = `${red} ${members[0].incident.priority} ${members[0].incident.title} ${ids.length}`;
                const make = members.length === 1 ? () => this._incidentPin(members[0].incident) : () => this._groupPin(members, red);
                wanted.set(`i${ids.join(" ")}`, { at, face, make, above: red ? 2000 : 1000 });
            }
            for (const [key, pin] of this.pins) {
                if (!wanted.has(key)) { this.dots.removeLayer(pin.marker); this.pins.delete(key); }
            }
            let isNew = wanted.size !== this.drawn;
            for (const [key, want] of wanted) isNew = this._place(key, want) || isNew;
            this.drawn = wanted.size;
            if (isNew) this._names();
        }

        /* Move a pin that is there; draw anew only what looks different, and say whether it was. */
        _place(key, want) {
            const pin = this.pins.get(key);
            if (pin && pin.face === want.face) { pin.marker.setLatLng(want.at); return false; }
            if (pin) this.dots.removeLayer(pin.marker);
            const marker = want.make();
            marker.setLatLng(want.at).setZIndexOffset(want.above).addTo(this.dots);
            this.pins.set(key, { marker, face: want.face });
            return true;
        }

        _pin(element, size, title, click) {
            const marker = L.marker([0, 0], { icon: icon(element, size), keyboard: false, interactive: true });
            marker.bindTooltip(node("span", "", title), { direction: "top", offset: [0, -size / 2] });
            if (click) marker.on("click", click);
            return marker;
        }

        _unitPin(unit) {
            const shape = node("span", `g-pin-unit${unit.status === "assigned" ? " g-busy" : ""}${unit.status === "out_of_service" ? " g-unfit" : ""}`);
            return this._pin(shape, 14, `${unit.call_sign} · ${this.setup.words[unit.status] || ""}`);
        }

        _incidentPin(incident) {
            const shape = node("span", `g-pin-incident${incident.red ? " g-red" : ""}`, incident.red ? "!" : String(incident.priority ?? ""));
            const title = [incident.title || incident.label, incident.number].filter(Boolean).join(" · ");
            return this._pin(shape, 24, title, () => this.onIncident && this.onIncident(incident.id));
        }

        _groupPin(members, red) {
            const shape = node("span", `g-pin-group${red ? " g-red" : ""}`, String(members.length));
            const title = `${members.length} ${this.setup.words.incidents}`;
            return this._pin(shape, 32, title, () => {
                this.moved = true;
                this.leaflet.fitBounds(L.latLngBounds(members.map((one) => one.at)).pad(0.4), { maxZoom: CLOSEST_ZOOM, animate: !calm });
            });
        }

        _track() {
            this.track.clearLayers();
            const fixes = this.shown.track.filter((fix) => isPlace(fix.lat, fix.lon));
            if (!fixes.length) return;
            L.polyline(fixes.map((fix) => [fix.lat, fix.lon]), { className: "g-track", interactive: false }).addTo(this.track);
            for (const fix of fixes) {
                if (fix.accuracy_m) L.circle([fix.lat, fix.lon], { radius: fix.accuracy_m, className: "g-accuracy", interactive: false }).addTo(this.track);
                L.circleMarker([fix.lat, fix.lon], { radius: fix.proof ? 6 : 4, className: `g-fix${fix.proof ? " g-proof" : ""}${fix.anchor ? " g-anchor" : ""}` })
                    .bindTooltip(node("span", "", fix.label || "")).addTo(this.track);
            }
            const bounds = L.latLngBounds(fixes.map((fix) => [fix.lat, fix.lon]));
            for (const incident of this.shown.incidents) {
                const at = this._placeOf(incident);
                if (at) bounds.extend(at);
            }
            this.moved = true;
            this.leaflet.fitBounds(bounds.pad(0.2), { maxZoom: 17, animate: false });
        }

        /* Let a click write into two inputs, and typing there move the pin. */
        picks(lat, lon) {
            const pin = L.marker([0, 0], { icon: icon(node("span", "g-pin-picked"), 26), keyboard: false, interactive: false });
            const put = () => {
                if (isPlace(number(lat.value), number(lon.value))) pin.setLatLng([Number(lat.value), Number(lon.value)]).addTo(this.leaflet);
                else pin.remove();
            };
            this.leaflet.on("click", ({ latlng }) => {
                lat.value = latlng.lat.toFixed(6);
                lon.value = latlng.lng.toFixed(6);
                for (const field of [lat, lon]) field.dispatchEvent(new Event("change", { bubbles: true }));
                this.div.dispatchEvent(new CustomEvent("map-picked", { bubbles: true, detail: { lat: latlng.lat, lon: latlng.lng } }));
            });
            for (const field of [lat, lon]) for (const kind of ["input", "change"]) field.addEventListener(kind, put);
            this.div.classList.add("g-picks");
            put();
            if (isPlace(number(lat.value), number(lon.value))) this.go(Number(lat.value), Number(lon.value));
        }
    }

    const made = new WeakMap();
    const read = (id) => JSON.parse(document.getElementById(id).textContent);

    /* Return the map of a div, made at the first asking. */
    function of(div) {
        if (!made.has(div)) {
            const map = new GerakMap(div, read(div.dataset.map));
            made.set(div, map);
            if (div.dataset.mapShows) map.show(read(div.dataset.mapShows));
            if (div.dataset.mapPicks) map.picks(...div.dataset.mapPicks.split(" ").map((id) => document.getElementById(id)));
        }
        return made.get(div);
    }

    document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-map]").forEach(of));
    return { of };
}());
