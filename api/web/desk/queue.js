/**
 * The left pane: tabs, and the conversations under the chosen one.
 */

import { fill, h, reconcile } from "./dom.js";
import { clock } from "./format.js";
import { countIn, isMine, isUnread, rowsIn, TABS } from "./state.js";
import { waiting } from "./ticker.js";
import { language, named, say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").DeskState} DeskState */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Tab} Tab */

/** @param {Desk} desk */
export function queuePane(desk) {
  const list = h("ul", { class: "rows" });
  const empty = h("div", { class: "empty" });
  const panel = h("div", { class: "rows-panel", id: "queue-rows", role: "tabpanel" }, list, empty);
  desk.store.watch(
    (state) => [state.rows, state.rowsLoaded, state.tab, state.openId, state.seen, state.staff],
    (state) => {
      drawRows(desk, list, state);
      fill(empty, ...emptyWords(state));
      panel.setAttribute("aria-labelledby", `tab-${state.tab}`);
    },
  );
  return h("nav", { class: "pane queue", "aria-label": t("queue") }, tabBar(desk), panel);
}

/** @param {Desk} desk */
function tabBar(desk) {
  const bar = h("div", { class: "tabs", role: "tablist", "aria-label": t("queue"), onkeydown: arrowKeys });
  desk.store.watch(
    (state) => [state.tab, state.rows, state.seen, state.openId],
    (state) => reconcile(bar, [...TABS], {
      key: (tab) => tab,
      signature: (tab) => `${state.tab === tab} ${countIn(state, tab)} ${rowsIn(state, tab).some((row) => isUnread(state, row))}`,
      draw: (tab) => tabButton(desk, state, tab),
    }),
  );
  return bar;
}

/** @param {Desk} desk @param {DeskState} state @param {Tab} tab */
function tabButton(desk, state, tab) {
  const count = countIn(state, tab);
  const unread = rowsIn(state, tab).some((row) => isUnread(state, row));
  const chosen = state.tab === tab;
  const props = {
    id: `tab-${tab}`,
    type: "button",
    role: "tab",
    "aria-selected": String(chosen),
    "aria-controls": "queue-rows",
    tabindex: chosen ? 0 : -1,
    onclick: () => chooseTab(desk, tab),
  };
  const mark = unread ? h("i", { class: "dot", title: t("unread") }) : null;
  return h("button", props, t(tab), h("span", { class: "count" }, count), mark);
}

/** Shows a tab and keeps the focus on it if it was among the tabs. @param {Desk} desk @param {Tab} tab */
export function chooseTab(desk, tab) {
  const among = document.activeElement?.getAttribute("role") === "tab";
  desk.store.set({ tab });
  if (among) setTimeout(() => document.getElementById(`tab-${tab}`)?.focus());
}

/** Left and right move between the tabs, as the tab pattern wants. @param {Event} event */
function arrowKeys(event) {
  const key = /** @type {KeyboardEvent} */ (event).key;
  const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  if (!step) return;
  event.preventDefault();
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[role=tab]")]);
  const at = tabs.findIndex((tab) => tab === document.activeElement);
  tabs[(at + step + tabs.length) % tabs.length]?.click();
}

/** @param {Desk} desk @param {Element} list @param {DeskState} state */
function drawRows(desk, list, state) {
  const focused = document.activeElement?.closest("[data-row]")?.getAttribute("data-row");
  const rows = rowsIn(state);
  const firstOther = state.tab === "mine" ? rows.find((row) => !isMine(row, state.staff)) : undefined;
  reconcile(list, rows, {
    key: (row) => row.id,
    signature: (row) => JSON.stringify([row, row.id === state.openId, isUnread(state, row), row === firstOther, language()]),
    draw: (row) => rowItem(desk, state, row, row === firstOther),
  });
  // A row that was drawn again while it had the focus gets it back.
  if (focused && !document.activeElement?.closest("[data-row]")) focusRow(focused);
}

/** @param {string} id */
export function focusRow(id) {
  const row = document.querySelector(`[data-row="${CSS.escape(id)}"]`);
  if (row instanceof HTMLElement) row.focus();
}

/** @param {Desk} desk @param {DeskState} state @param {Row} row @param {boolean} heads whether it begins the colleagues' part */
function rowItem(desk, state, row, heads) {
  const heading = heads ? h("h2", { class: "rows-head" }, t("colleagues")) : null;
  return h("li", {}, heading, rowButton(desk, state, row));
}

/** @param {Desk} desk @param {DeskState} state @param {Row} row */
function rowButton(desk, state, row) {
  const unread = isUnread(state, row);
  const props = {
    type: "button",
    class: "row",
    "data-row": row.id,
    "data-unread": unread,
    "aria-current": row.id === state.openId ? "true" : null,
    onclick: () => desk.open(row.id),
  };
  return h(
    "button",
    props,
    h("span", { class: "row-top" }, unreadDot(unread), h("b", {}, row.buyer.name), tier(row), languageChip(row), since(row)),
    h("span", { class: "row-text" }, row.last_text),
    h("span", { class: "row-foot" }, urgency(row), moodChip(row.mood), rowReason(row)),
  );
}

/** @param {boolean} unread */
function unreadDot(unread) {
  return unread ? h("i", { class: "dot", title: t("unread") }, h("span", { class: "sr" }, t("unread"))) : null;
}

/** @param {Row} row */
function tier(row) {
  const { credit_tier: credit } = row.buyer;
  return credit ? h("span", { class: "faint" }, t("tier", { n: credit })) : null;
}

/** @param {Row} row */
export function languageChip(row) {
  return row.language ? h("span", { class: "chip mono" }, row.language === "zh" ? "中" : row.language.toUpperCase()) : null;
}

/** @param {Row} row */
function since(row) {
  if (row.owner === "queued" && row.waiting_since) return waiting(row.waiting_since);
  return h("time", { class: "wait", datetime: row.last_at }, clock(row.last_at));
}

/** How urgent, where somebody waits for it. @param {Row} row */
function urgency(row) {
  if (row.owner === "assistant" || row.owner === "closed" || !row.priority) return null;
  const title = t("priority", { n: row.priority });
  return h("span", { class: `chip p${row.priority}`, title }, `P${row.priority}`, h("span", { class: "sr" }, title));
}

/** @param {string|null} mood */
export function moodChip(mood) {
  return mood && mood !== "calm" ? h("span", { class: `chip mood-${mood}` }, named("mood", mood)) : null;
}

/** Why it waits, or who answers. @param {Row} row */
function rowReason(row) {
  const text = row.owner === "human" ? row.agent?.name : row.owner === "queued" ? say(row.reason) : "";
  return text ? h("span", { class: "row-reason", title: text }, text) : null;
}

/** @param {DeskState} state */
function emptyWords(state) {
  if (!state.rowsLoaded) return [h("p", {}, t("loadingQueue"))];
  if (rowsIn(state).length) return [];
  if (state.tab !== "waiting") return [h("p", {}, t("noRows"))];
  return [h("p", {}, t("noWaiting")), h("p", { class: "faint" }, t("noWaitingHint"))];
}
