// The service worker of /app/: keeps the shell, so that the app opens without a network, and shows a
// push. It never answers for the wire: what was not sent stays in the outbox of the page.
const CACHE = "gerak112-{{ version }}";
const FILES = {{ files|safe }};

self.addEventListener("install", (event) => {
  const fresh = FILES.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("gerak112-") && name !== CACHE);
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const path = event.request.mode === "navigate" ? "/app/" : url.pathname;
  if (event.request.mode === "navigate" && url.pathname !== "/app/") return;
  if (FILES.includes(path)) event.respondWith(kept(path, event));
});

// Answer from the cache at once. Words hold the city's own types and are asked for again behind it.
async function kept(path, event) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(path);
  if (!found) return fetch(event.request);
  if (path.startsWith("/app/words/")) event.waitUntil(cache.add(new Request(path, { cache: "reload" })).catch(() => {}));
  return found;
}

self.addEventListener("push", (event) => event.waitUntil(pushed(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(opened());
});

// A push is a hint without personal data: wake the page where one is open, else show that there is something.
async function pushed(event) {
  let data = {};
  try {
    const body = event.data.json();
    data = body.data || body;
  } catch {
    // An unreadable hint is still a hint.
  }
  const pages = await self.clients.matchAll({ type: "window" });
  for (const page of pages) page.postMessage({ type: "push", data });
  if (data.type === "probe" && pages.length) return;
  await self.registration.showNotification(data.title || "Gerak 112", {
    body: data.body || "",
    tag: data.type || "gerak112",
    renotify: true,
    requireInteraction: true,
    vibrate: [600, 200, 600, 200, 600],
    icon: "{{ icon }}",
  });
}

async function opened() {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length) return pages[0].focus();
  return self.clients.openWindow("/app/");
}
