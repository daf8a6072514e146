// The phone itself: keep the screen on while it matters, and tell its battery.

let lock = null;
let wanted = false;

// The system takes the lock away when the page is hidden; it is asked for again on return.
export async function keepAwake(wish) {
  wanted = wish;
  if (!wish) {
    await lock?.release().catch(() => {});
    lock = null;
    return false;
  }
  if (lock && !lock.released) return true;
  if (document.hidden || !navigator.wakeLock) return false;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null;
  }
  return Boolean(lock);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden && wanted) keepAwake(true); });

// report({pct, charging}) now and at each change; silent where the browser does not tell.
export async function watchBattery(report) {
  if (!navigator.getBattery) return;
  const battery = await navigator.getBattery();
  const say = () => report({ pct: Math.round(battery.level * 100), charging: battery.charging });
  battery.onlevelchange = battery.onchargingchange = say;
  say();
}

const agent = navigator.userAgent;
export const isApple = /iPhone|iPad|iPod/.test(agent);
export const isAndroid = /Android/.test(agent);
export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

// A name by which the desk knows the phone; the person may change it when enrolling.
export function suggestedName() {
  const model = agent.match(/Android [\d.]+; ([^;)]+)/)?.[1];
  if (model && model !== "K") return model.slice(0, 60);
  return isApple ? "iPhone" : isAndroid ? "Android" : "Web";
}
