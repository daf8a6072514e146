// The app's words in two languages. They come from the server's own catalogue and are kept by the
// service worker; the language follows the phone until somebody chooses.

const LANGUAGES = ["id", "en"];
let words = {};
let types = {};
export let language = "id";

export async function speak(wanted) {
  language = LANGUAGES.includes(wanted) ? wanted : preferred();
  const answer = await fetch(`/app/words/${language}.json`);
  const body = await answer.json();
  ({ words, types } = body);
  document.documentElement.lang = language;
}

function preferred() {
  const own = (navigator.languages || []).map((tag) => tag.slice(0, 2).replace("ms", "id"));
  return own.find((tag) => LANGUAGES.includes(tag)) || "id";
}

// t("unsent", {n: 3}): a word that is missing shows its key, so that it is found.
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const typeName = (key) => types[key] || (key || "").replaceAll("_", " ");

const place = () => (language === "en" ? "en-GB" : "id-ID");

export const clockTime = (ms, seconds = false) =>
  new Intl.DateTimeFormat(place(), { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hourCycle: "h23" }).format(ms);

export const dayTime = (ms) =>
  new Intl.DateTimeFormat(place(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);

export function span(ms) {
  const s = Math.max(0, Math.round(Math.abs(ms) / 1000));
  if (s < 60) return t("span.seconds", { n: s });
  return s < 3600 ? t("span.minutes", { n: Math.floor(s / 60) }) : t("span.hours", { n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) });
}

export function countdown(ms) {
  const s = Math.floor(Math.abs(ms) / 1000);
  return `${String(Math.floor(s / 60)).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
}
