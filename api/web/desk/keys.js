/**
 * Working without a mouse: single keys when no box has the focus, Esc to step back.
 */

import { sideOverlays } from "./desk.js";
import { askToClose, showHelp } from "./dialogs.js";
import { preference } from "./keep.js";
import { chooseTab, focusRow } from "./queue.js";
import { rowsIn, TABS } from "./state.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** What each key does. @type {Record<string, (desk: Desk) => void>} */
const KEYS = {
  j: (desk) => move(desk, 1),
  k: (desk) => move(desk, -1),
  t: (desk) => void desk.take(),
  r: (desk) => compose(desk, "reply"),
  n: (desk) => compose(desk, "note"),
  h: (desk) => void desk.handBack(),
  x: (desk) => askToClose(desk),
  c: (desk) => desk.showCopilot(!desk.state.copilot),
  d: (desk) => desk.showSide(!desk.state.side),
  "?": () => showHelp(),
};
TABS.forEach((tab, index) => (KEYS[String(index + 1)] = (desk) => chooseTab(desk, tab)));

/** Listens for the desk's keys for as long as the page lives. @param {Desk} desk */
export function bindKeys(desk) {
  addEventListener("keydown", (event) => {
    if (!desk.state.staff || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return stepBack(desk);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inBox(event.target)) return;
    const act = KEYS[event.key];
    if (!act || !preference("shortcuts", true)) return;
    event.preventDefault();
    act(desk);
  });
}

/** @param {EventTarget|null} target */
function inBox(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

/** Moves the focus to the next or previous conversation of the tab. @param {Desk} desk @param {1|-1} step */
function move(desk, step) {
  const ids = rowsIn(desk.state).map((row) => row.id);
  const focused = document.activeElement?.closest("[data-row]")?.getAttribute("data-row");
  const from = ids.indexOf(focused ?? desk.state.openId ?? "");
  const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), ids.length - 1);
  if (ids[to] !== undefined) focusRow(ids[to]);
}

/** Puts the cursor where one writes. @param {Desk} desk @param {import("./types.js").Mode} mode */
function compose(desk, mode) {
  if (!desk.state.thread) return;
  desk.store.set({ mode });
  // After the composer has been drawn for the mode.
  setTimeout(() => /** @type {HTMLElement|null} */ (document.querySelector(".composer textarea"))?.focus());
}

/** Out of the box, the notice, the details that lie over it, the conversation: one at a time. @param {Desk} desk */
function stepBack(desk) {
  const { activeElement } = document;
  if (inBox(activeElement)) return /** @type {HTMLElement} */ (document.querySelector(".log"))?.focus();
  if (desk.state.notice) return desk.store.set({ notice: null });
  const { openId, side } = desk.state;
  if (side && openId && sideOverlays()) return desk.showSide(false);
  if (!openId) return;
  desk.leave();
  setTimeout(() => focusRow(openId));
}
