// One tab speaks for the phone: it holds the socket, sends the outbox and asks for the place. The lock
// ends with its tab, also by a crash. A tab that is looked at may ask for it from one that is hidden.

export function lead(work, report) {
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("gerak112-lead") : null;
  let term = null;
  if (channel) channel.onmessage = () => { if (document.hidden) term?.abort(); };
  const ask = () => { if (!document.hidden && !term) channel?.postMessage("please"); };
  document.addEventListener("visibilitychange", ask);

  async function serve() {
    term = new AbortController();
    report(true);
    try {
      await work(term.signal);
    } finally {
      term = null;
      report(false);
    }
  }

  async function stand() {
    for (;;) {
      ask();
      try {
        if (navigator.locks) await navigator.locks.request("gerak112", serve);
        else await serve();
      } catch (problem) {
        console.error(problem);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  stand();
}
