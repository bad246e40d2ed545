/**
 * A part of the right pane.
 */

import { h } from "./dom.js";
import { prefer, preference } from "./keep.js";

/** @typedef {import("./dom.js").Child} Child */

/**
 * A part that folds, and stays as it was left.
 *
 * @param {string} name
 * @param {string} title
 * @param {...Child} extra beside the title
 */
export function part(name, title, ...extra) {
  const body = h("div", { class: "part-body" });
  const element = h(
    "details",
    { class: `part ${name}`, open: preference(`part.${name}`, true) },
    h("summary", {}, h("h3", {}, title), ...extra),
    body,
  );
  element.addEventListener("toggle", () => prefer(`part.${name}`, element.open));
  return { element, body };
}
