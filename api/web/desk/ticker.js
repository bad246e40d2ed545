/**
 * Waiting times that tick: whatever carries `data-since` shows the time since then, once a second.
 */

import { h } from "./dom.js";
import { t } from "./words.js";
import { wait } from "./format.js";

/** From here on a wait is shown as long, and as too long. */
const LONG_MS = 3 * 60_000;
const TOO_LONG_MS = 10 * 60_000;

let now = () => Date.now();

/**
 * A ticking waiting time.
 *
 * @param {string} since ISO
 */
export function waiting(since) {
  const element = h("time", { class: "wait", datetime: since, "data-since": since });
  tick(element);
  return element;
}

/** Starts the one timer of the page. @param {() => number} clock the server's time in milliseconds */
export function startTicking(clock) {
  now = clock;
  setInterval(() => {
    for (const element of document.querySelectorAll("[data-since]")) tick(/** @type {HTMLElement} */ (element));
  }, 1000);
}

/** @param {HTMLElement} element */
function tick(element) {
  const passed = now() - Date.parse(element.dataset.since ?? "");
  const text = wait(passed);
  if (element.textContent === text) return;
  element.textContent = text;
  element.title = t("waited", { time: text });
  element.dataset.long = passed > TOO_LONG_MS ? "too" : passed > LONG_MS ? "yes" : "no";
}
