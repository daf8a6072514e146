// The event stream on one socket: resume, receive, say so, come back. Where no socket holds, the same
// events by polling. An event counts as received once it is on this phone's disk, not before.

import { heard } from "./clock.js";
import { getMeta, setMeta } from "./store.js";
import { call, currentToken, Pause, SignedOut, Unreachable } from "./wire.js";

const POLL_MS = 10_000;
const REFUSED = [4401, 4403];

export class Stream {
  // on: {event(frame), reset(), state(word), signedOut()}; event and reset may return promises.
  constructor(on) {
    Object.assign(this, { on, socket: null, failures: 0, after: 0, epoch: undefined, lastPoll: 0 });
  }

  async run(signal) {
    const cursor = (await getMeta("cursor")) || {};
    this.after = cursor.after || 0;
    this.epoch = cursor.epoch;
    const pause = new Pause();
    while (!signal.aborted) {
      try {
        if (await this.follow(signal)) { pause.reset(); this.failures = 0; } else this.failures += 1;
        if (this.failures >= 2 && !signal.aborted) await this.poll();
      } catch (problem) {
        if (problem instanceof SignedOut) { this.on.signedOut(); return; }
        if (!(problem instanceof Unreachable)) console.error(problem);
      }
      if (!signal.aborted) await this.rest(Math.min(pause.take(), POLL_MS * 1.5), signal);
    }
  }

  // Say something, if there is a socket to say it on.
  say(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN || !this.welcomed) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Hold one connection; true where it got as far as a welcome.
  follow(signal) {
    return new Promise((resolve, reject) => {
      const url = `${location.origin.replace(/^http/, "ws")}/ws/stream/`;
      const socket = new WebSocket(url, ["gerak112.v1", `bearer.${currentToken()}`]);
      const hangUp = () => { end(); socket.close(); };
      let silent = setTimeout(hangUp, 15_000);
      let work = Promise.resolve();
      let ended = false;
      const end = (code) => {
        if (ended) return;
        ended = true;
        clearTimeout(silent);
        signal.removeEventListener("abort", hangUp);
        const welcomed = this.welcomed;
        this.socket = null;
        this.welcomed = false;
        this.on.state("closed");
        if (REFUSED.includes(code)) reject(new SignedOut());
        else work.then(() => resolve(welcomed), () => resolve(welcomed));
      };
      signal.addEventListener("abort", hangUp);
      Object.assign(this, { socket, welcomed: false, silence_ms: 50_000 });
      socket.onopen = () => socket.send(JSON.stringify({ type: "resume", after: this.after, epoch: this.epoch }));
      socket.onclose = (event) => end(event.code);
      socket.onerror = () => {};
      socket.onmessage = (message) => {
        clearTimeout(silent);
        silent = setTimeout(hangUp, this.silence_ms);
        const frame = JSON.parse(message.data);
        heard(frame.server_time);
        work = work.then(() => ended || this.take(frame)).catch((problem) => { console.error(problem); hangUp(); });
      };
    });
  }

  async take(frame) {
    if (frame.type === "welcome") {
      Object.assign(this, { epoch: frame.epoch, welcomed: true, silence_ms: frame.heartbeat_s * 2500 });
      await this.remember();
      this.on.state("open");
    } else if (frame.type === "event") {
      if (frame.seq <= this.after) return;
      if (frame.previous !== this.after) throw new Unreachable("missed an event");
      await this.on.event(frame);
      this.after = frame.seq;
      await this.remember();
      this.socket?.send(JSON.stringify({ type: "received", seq: frame.seq }));
    } else if (frame.type === "reset") {
      await this.startAnew(frame);
      this.socket?.send(JSON.stringify({ type: "resume", after: this.after, epoch: this.epoch }));
    } else if (frame.type === "caught_up") this.on.state("caught_up");
    else if (frame.type === "error") console.warn(frame.code, frame.message);
  }

  async poll() {
    const query = `after=${this.after}${this.epoch ? `&epoch=${this.epoch}` : ""}`;
    const { status, body } = await call("GET", `/api/v1/events?${query}`);
    if (status === 409 && body?.code === "reset") return this.startAnew(body);
    if (status !== 200) throw new Unreachable(`HTTP ${status}`);
    for (const frame of body.events) {
      await this.on.event(frame);
      this.after = frame.seq;
    }
    this.epoch = body.epoch;
    await this.remember();
    this.on.state("polling");
    if (body.events.length) await this.poll(); // asking for what follows says that these arrived
  }

  async startAnew(told) {
    await this.on.reset();
    Object.assign(this, { after: told.last_seq, epoch: told.epoch });
    await this.remember();
  }

  remember() {
    return setMeta("cursor", { after: this.after, epoch: this.epoch });
  }

  // Come back at once when the network does.
  rest(ms, signal) {
    return new Promise((resolve) => {
      const end = () => { clearTimeout(timer); removeEventListener("online", end); signal.removeEventListener("abort", end); this.wake = null; resolve(); };
      const timer = setTimeout(end, ms);
      addEventListener("online", end);
      signal.addEventListener("abort", end);
      this.wake = end;
    });
  }
}
