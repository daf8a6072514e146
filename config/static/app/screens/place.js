// Places in words and links: how far, and the phone's own navigation.

import { isApple } from "../device.js";
import { app } from "../state.js";
import { t } from "../words.js";

const EARTH_M = 6_371_000;
const radians = (degrees) => (degrees * Math.PI) / 180;

// As the crow flies from the last fix, in words; empty where either is unknown.
export function distance({ lat, lon }) {
  const { fix } = app.location;
  if (!fix || lat === null || lon === null) return "";
  const north = radians(lat - fix.lat);
  const east = radians(lon - fix.lon) * Math.cos(radians((lat + fix.lat) / 2));
  const metres = Math.hypot(north, east) * EARTH_M;
  return metres < 950 ? t("distance.m", { n: Math.round(metres / 10) * 10 }) : t("distance.km", { n: (metres / 1000).toFixed(1) });
}

// The phone's own app for directions; `web` is the way for a phone that has none for `geo:`.
export function directions({ lat, lon, address, number }) {
  if (lat === null || lon === null) {
    const query = encodeURIComponent(address || "");
    return address ? { own: isApple ? `https://maps.apple.com/?q=${query}` : `geo:0,0?q=${query}`, web: `https://www.google.com/maps/search/?api=1&query=${query}` } : null;
  }
  const own = isApple ? `https://maps.apple.com/?daddr=${lat},${lon}` : `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(number)})`;
  return { own, web: `https://www.google.com/maps/dir/?api=1&destination=${lat},${lon}` };
}
