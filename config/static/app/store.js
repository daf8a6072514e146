// What must survive a crash, in IndexedDB. Five boxes: `meta` (session, cursor, settings), `records` (all
// this phone did: waiting, sent or refused), `assignments`, `notices` and `drills` as last heard.

const NAME = "gerak112";
const BOXES = { assignments: "id", notices: "id", drills: "id" };
let opened = null;

export function open() {
  opened ||= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("meta");
      for (const [name, keyPath] of Object.entries(BOXES)) db.createObjectStore(name, { keyPath });
      const records = db.createObjectStore("records", { keyPath: "n", autoIncrement: true });
      records.createIndex("lane", ["state", "lane", "n"]);
      records.createIndex("state", ["state", "at"]);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// Run `work(store)` in one transaction and wait until it is on the disk.
export async function change(name, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, "readwrite", { durability: "strict" });
    const answer = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(answer && "result" in answer ? answer.result : undefined);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export async function read(name, ask) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const asked = ask(db.transaction(name).objectStore(name));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

export const getMeta = (key) => read("meta", (store) => store.get(key));
export const setMeta = (key, value) => change("meta", (store) => store.put(value, key));
export const dropMeta = (key) => change("meta", (store) => store.delete(key));
export const all = (name) => read(name, (store) => store.getAll());
export const put = (name, row) => change(name, (store) => store.put(row));
export const clear = (name) => change(name, (store) => store.clear());

// Replace all rows of a box by these.
export const replaceAll = (name, rows) =>
  change(name, (store) => {
    store.clear();
    rows.forEach((row) => store.put(row));
  });

const from = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);

// The first waiting records of a lane, oldest first, in the order in which they were made.
export const waitingIn = (lane, limit) => read("records", (store) => store.index("lane").getAll(from("waiting", lane), limit));
export const inState = (state) => read("records", (store) => store.index("state").getAll(from(state)));
export const countIn = (state) => read("records", (store) => store.index("state").count(from(state)));
export const countWaiting = (lane) => read("records", (store) => store.index("lane").count(from("waiting", lane)));

export async function oldestWaiting() {
  const rows = await read("records", (store) => store.index("state").getAll(from("waiting"), 1));
  return rows[0] || null;
}

// Set fields on the records with these numbers; rows that are gone stay gone.
export const settle = (changes) =>
  change("records", (store) => {
    for (const [n, fields] of changes) {
      const asked = store.get(n);
      asked.onsuccess = () => asked.result && store.put({ ...asked.result, ...fields });
    }
  });

// Forget what was sent and answered before a time (RFC 3339); nothing else is ever dropped.
export const forgetSent = (before) =>
  change("records", (store) => {
    const asked = store.index("state").openCursor(IDBKeyRange.bound(["sent"], ["sent", before]));
    asked.onsuccess = () => {
      if (!asked.result) return;
      asked.result.delete();
      asked.result.continue();
    };
  });
