// HTTP as a polite client speaks it. An answer is {status, body}; no answer is Unreachable, worth trying
// again, perhaps not before `afterS`. A 401 means that this phone is no longer known.

import { heard } from "./clock.js";
import { language } from "./words.js";

const PATIENCE_MS = 30_000;

export class Unreachable extends Error {
  constructor(why, afterS = 0) {
    super(why);
    this.afterS = afterS;
  }
}

export class SignedOut extends Error {}

let token = "";
export const useToken = (text) => { token = text || ""; };
export const currentToken = () => token;

export async function call(method, path, body, { patienceMs = PATIENCE_MS } = {}) {
  const used = token;
  const headers = { "Accept-Language": language };
  if (used) headers.Authorization = `Bearer ${used}`;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, cache: "no-store", credentials: "omit",
      body: form || body === undefined ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs),
    });
    const decoded = await decode(answer);
    if (answer.status === 401 && used) throw new SignedOut();
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500) throw new Unreachable(`HTTP ${answer.status}`, pauseOf(answer));
    if (decoded && decoded.server_time) heard(decoded.server_time);
    return { status: answer.status, body: decoded };
  } catch (problem) {
    if (problem instanceof SignedOut || problem instanceof Unreachable) throw problem;
    throw new Unreachable(String(problem));
  }
}

async function decode(answer) {
  const text = await answer.text(); // a body cut short throws: the answer did not arrive
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

function pauseOf(answer) {
  const text = answer.headers.get("Retry-After") || "";
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 300) : 0;
}

// Wait before trying again: doubling, jittered, never under what the server asked for.
export class Pause {
  constructor(firstMs = 1000, longestMs = 30_000) {
    Object.assign(this, { firstMs, longestMs, nextMs: firstMs });
  }

  reset() { this.nextMs = this.firstMs; }

  take(afterS = 0) {
    const ms = this.nextMs * (0.5 + Math.random());
    this.nextMs = Math.min(this.nextMs * 2, this.longestMs);
    return Math.max(ms, afterS * 1000 * (1 + Math.random() / 10));
  }
}
