// The alarm: two tones and a vibration that go on until somebody answers. A browser lets a page sound only
// after a touch, so every touch unlocks it, and the app says when it could not.

let context = null;
let beating = 0;

export function unlock() {
  const Context = self.AudioContext || self.webkitAudioContext;
  if (!Context) return;
  context ||= new Context();
  if (context.state !== "running") context.resume().catch(() => {});
}

export const isAudible = () => context?.state === "running";

// Sound while `wanted`; safe to call as often as one likes.
export function sound(wanted) {
  if (wanted && !beating) {
    beat();
    beating = setInterval(beat, 1600);
  } else if (!wanted && beating) {
    clearInterval(beating);
    beating = 0;
    navigator.vibrate?.(0);
  }
}

function beat() {
  navigator.vibrate?.([500, 150, 500, 150]);
  if (!isAudible()) { unlock(); return; }
  for (let n = 0; n < 4; n += 1) tone(n % 2 ? 960 : 1320, context.currentTime + n * 0.34, 0.3, "square", 0.9);
}

// A short friendly sound: a drill, a notice, help is coming.
export function chime() {
  navigator.vibrate?.([200, 100, 200]);
  if (!isAudible()) return;
  [660, 880, 660].forEach((hertz, n) => tone(hertz, context.currentTime + n * 0.22, 0.2, "sine", 0.6));
}

export const tick = () => navigator.vibrate?.(40);

function tone(hertz, from, seconds, shape, loud) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = shape;
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(loud, from + 0.02);
  volume.gain.setValueAtTime(loud, from + seconds - 0.04);
  volume.gain.linearRampToValueAtTime(0, from + seconds);
  source.connect(volume).connect(context.destination);
  source.start(from);
  source.stop(from + seconds);
}
