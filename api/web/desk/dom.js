/**
 * Building elements. Data only ever becomes text nodes and attributes, never markup.
 */

/** @typedef {Node|string|number|null|undefined|false} Child */
/** @typedef {Record<string, string|number|boolean|null|undefined|EventListener>} Props */

/**
 * An element with attributes and children. `onclick`-like props become listeners; `true` becomes an empty
 * attribute; `false`, `null` and `undefined` leave it out; so do such children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props} [props]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...kept(children.flat()));
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {Props[string]} value
 */
function setProp(element, name, value) {
  if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
}

/**
 * @param {Child[]} children
 * @returns {(Node|string)[]}
 */
function kept(children) {
  const wanted = children.filter((child) => child !== null && child !== undefined && child !== false && child !== "");
  return wanted.map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Replaces an element's children.
 *
 * @param {Element} parent
 * @param {...(Child|Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...kept(children.flat()));
}

/**
 * Replaces an element's children; if one of its buttons had the focus, the one now in its place gets it.
 *
 * @param {Element} parent
 * @param {...(Child|Child[])} children
 */
export function refill(parent, ...children) {
  const at = [...parent.querySelectorAll("button")].findIndex((one) => one === document.activeElement);
  fill(parent, ...children);
  if (at < 0) return;
  const buttons = parent.querySelectorAll("button");
  buttons[Math.min(at, buttons.length - 1)]?.focus();
}

/**
 * Keeps a list on the page in step with data, touching only what changed, so that focus, scroll and open
 * details survive. An item is drawn again when its signature differs.
 *
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{key: (item: T) => string, signature: (item: T) => string, draw: (item: T) => HTMLElement}} how
 */
export function reconcile(parent, items, how) {
  const old = new Map([...parent.children].map((child) => [child.getAttribute("data-key") ?? "", child]));
  const wanted = items.map((item) => sameOrNew(old.get(how.key(item)), item, how));
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(/** @type {HTMLElement} */ (child))) child.remove();
  wanted.forEach((element, index) => {
    const there = parent.children[index];
    if (there !== element) parent.insertBefore(element, there ?? null);
  });
}

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * @template T
 * @param {Element|undefined} there
 * @param {T} item
 * @param {{key: (item: T) => string, signature: (item: T) => string, draw: (item: T) => HTMLElement}} how
 * @returns {HTMLElement}
 */
function sameOrNew(there, item, how) {
  const signature = how.signature(item);
  if (there && drawn.get(there) === signature) return /** @type {HTMLElement} */ (there);
  const element = how.draw(item);
  element.setAttribute("data-key", how.key(item));
  drawn.set(element, signature);
  return element;
}

/**
 * A button with a visible label, or with an icon and an accessible name.
 *
 * @param {string} label
 * @param {() => void} act
 * @param {{icon?: SVGElement, hint?: string, [attribute: string]: Props[string]|SVGElement}} [props] `icon` hides the label from sight, `hint` is a key shown beside it
 * @returns {HTMLButtonElement}
 */
export function button(label, act, { icon, hint, ...props } = {}) {
  const named = icon ? { "aria-label": label, title: hint ? `${label} (${hint})` : label } : {};
  const key = hint && !icon ? h("kbd", { "aria-hidden": "true" }, hint) : null;
  const rest = /** @type {Props} */ (props);
  return h("button", { type: "button", onclick: () => act(), ...named, ...rest }, icon ?? label, key);
}

const SVG = "http://www.w3.org/2000/svg";

/** Line icons on a 16-unit grid; each is the `d` of one stroked path. */
const PATHS = {
  back: "M10 3 5 8l5 5",
  close: "m4 4 8 8m0-8-8 8",
  help: "M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.4M8 12h.01M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z",
  panel: "M2.5 3h11v10h-11zM10 3v10",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z",
  exit: "M6 3H3v10h3m4-8 3 3-3 3m3-3H6",
  spark: "m8 2 1.4 4.6L14 8l-4.6 1.4L8 14l-1.4-4.6L2 8l4.6-1.4z",
  note: "M3 2.5h10v7.5L10 13.5H3zM10 13.5V10h3",
  send: "M2.5 8h9m-4-4 4 4-4 4",
};

/**
 * A small line icon, silent to screen readers.
 *
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const drawing = { viewBox: "0 0 16 16", width: "16", height: "16", fill: "none", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(drawing)) svg.setAttribute(key, value);
  for (const [key, value] of Object.entries({ d: PATHS[name], stroke: "currentColor", "stroke-width": "1.5" }))
    path.setAttribute(key, value);
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
}
