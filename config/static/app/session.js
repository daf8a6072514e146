// How a phone comes to know its person, and how it ends: enrol with a one-time code, sign out.

import { touched } from "./state.js";
import { clear, dropMeta, setMeta } from "./store.js";
import { call, useToken } from "./wire.js";

// Read a code from what was scanned, typed or opened: the QR's text, our own link, or the code itself.
// A QR of another server is refused: its token would be of no use here.
export function codeOf(text) {
  const told = text.trim();
  if (/^gerak112:/i.test(told)) {
    const query = new URLSearchParams(told.slice(told.indexOf("?") + 1));
    const server = query.get("server");
    if (server && new URL(server).host !== location.host) return { problem: "other_server", server };
    return { code: query.get("code") || "" };
  }
  const linked = told.match(/#code=([^&\s]+)/);
  return { code: linked ? decodeURIComponent(linked[1]) : told };
}

// Trade a code for a token. Returns null, or the problem's words.
export async function enrol(code, name) {
  const { status, body } = await call("POST", "/api/v1/devices/enrol", { code, name, platform: "web" });
  if (status !== 201) return body?.detail || String(status);
  useToken(body.token);
  await forgetPerson();
  await setMeta("session", { token: body.token, device: body.device_id, person: body.person, name });
  await navigator.storage?.persist?.();
  const me = await call("GET", "/api/v1/me").catch(() => null);
  if (me?.status === 200) await setMeta("me", me.body);
  await touched();
  return null;
}

// Sign this phone out at the server, then forget. Raises Unreachable: the server must hear it.
export async function signOut() {
  await call("DELETE", "/api/v1/me/device");
  useToken("");
  await forgetPerson();
  await Promise.all([clear("records"), dropMeta("session")]);
  await touched();
}

async function forgetPerson() {
  const boxes = ["assignments", "notices", "drills"].map(clear);
  const words = ["me", "cursor", "alert", "ready", "closedAtMs"].map(dropMeta);
  await Promise.all([...boxes, ...words]);
}

