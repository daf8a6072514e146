// Elements from plain calls, and a tree patched into the page in place. Text is set as text, never as
// markup: what callers and dispatchers wrote ends up here.

const SVG = "http://www.w3.org/2000/svg";
const icons = document.getElementById("app").dataset.icons;

// h("button.big", {onclick, disabled}, "Text", child, [children], null)
export function h(name, props, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node[key] = value;
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${icons}#${name}`);
  drawing.append(use);
  return drawing;
}

// A ring that empties: share is 0 to 1.
export function ring(share) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "ring");
  drawing.setAttribute("viewBox", "0 0 100 100");
  drawing.setAttribute("aria-hidden", "true");
  for (const [kind, length] of [["track", 289], ["left", Math.round(289 * Math.max(0, Math.min(1, share)))]]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: 50, cy: 50, r: 46, class: kind })) circle.setAttribute(key, value);
    circle.setAttribute("stroke-dasharray", `${length} 289`);
    drawing.append(circle);
  }
  return drawing;
}

const HANDLERS = ["onclick", "oninput", "onchange", "onsubmit", "onpointerdown", "onkeydown", "onkeyup", "onpointerup"];

// Make `old` look like `fresh` without replacing what stays: focus, typed text, a running hold or camera survive.
export function patch(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  patchAttributes(old, fresh);
  if (old.hasAttribute("data-own")) return;
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((child, n) => (n < before.length ? patch(before[n], child) : old.append(child)));
  before.slice(after.length).forEach((child) => child.remove());
}

function patchAttributes(old, fresh) {
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "data-held" && name !== "open") old.removeAttribute(name);
  }
  for (const handler of HANDLERS) {
    if (old[handler] !== fresh[handler]) old[handler] = fresh[handler];
  }
}

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null);
