/*
 * Sounds of the desk, one a kind, made by the browser itself. A kind sounds for as long as its reason
 * lasts; it can be silenced for a minute and not for good. Browsers allow no sound before somebody has
 * touched the page: until then the desk says so as a warning.
 */
"use strict";

window.GerakSounds = (function () {
    const SILENCE_MS = 60000;
    /* Each: how often, in seconds, and its notes [Hz, start s, length s]. Kinds differ in rhythm too. */
    const kinds = {
        emergency: { every: 2, shape: "square", notes: [[880, 0, 0.16], [660, 0.2, 0.16], [880, 0.4, 0.16], [660, 0.6, 0.16]] },
        call: { every: 3, shape: "sine", notes: [[480, 0, 0.4], [620, 0, 0.4], [480, 0.6, 0.4], [620, 0.6, 0.4]] },
        backup: { every: 4, shape: "triangle", notes: [[700, 0, 0.14], [900, 0.18, 0.14], [1100, 0.36, 0.2]] },
        proposal: { every: 8, shape: "triangle", notes: [[520, 0, 0.12], [780, 0.16, 0.2]] },
        red: { every: 10, shape: "sawtooth", notes: [[330, 0, 0.25], [330, 0.4, 0.25]] },
        late: { every: 10, shape: "square", notes: [[220, 0, 0.6]] },
    };
    const silenced = {};
    const playedAt = {};
    let audio = null;

    const isOn = () => audio !== null && audio.state === "running";

    /* Ask for sound; a browser grants it after a press. Resolves to whether there is sound now. */
    async function turnOn() {
        audio = audio || new AudioContext();
        await Promise.race([audio.resume(), new Promise((done) => { setTimeout(done, 300); })]);
        return isOn();
    }

    function play(kind) {
        const { notes, shape } = kinds[kind];
        for (const [hertz, start, length] of notes) {
            const voice = audio.createOscillator();
            const volume = audio.createGain();
            const at = audio.currentTime + start;
            voice.type = shape;
            voice.frequency.value = hertz;
            volume.gain.setValueAtTime(0.0001, at);
            volume.gain.exponentialRampToValueAtTime(0.18, at + 0.015);
            volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
            voice.connect(volume).connect(audio.destination);
            voice.start(at);
            voice.stop(at + length + 0.02);
        }
    }

    /* Say which kinds have a reason now: sounds those that are due and not silenced. */
    function ring(reasons) {
        const moment = performance.now();
        for (const kind of Object.keys(kinds)) {
            if (!reasons.has(kind)) { delete playedAt[kind]; delete silenced[kind]; continue; }
            if (!isOn() || moment < (silenced[kind] || 0)) continue;
            if (moment - (playedAt[kind] || -1e9) < kinds[kind].every * 1000) continue;
            playedAt[kind] = moment;
            play(kind);
        }
    }

    const silence = (kind) => { silenced[kind] = performance.now() + SILENCE_MS; };
    const silentFor = (kind) => Math.max(0, Math.ceil(((silenced[kind] || 0) - performance.now()) / 1000));

    return { kinds: Object.keys(kinds), isOn, turnOn, ring, silence, silentFor };
}());
