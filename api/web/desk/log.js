/**
 * The log of the open conversation: events in order, then what is still on its way.
 */

import { button, fill, h, reconcile } from "./dom.js";
import { eventEntry } from "./events.js";
import { dayHeading, day } from "./format.js";
import { draft, keepDraft } from "./keep.js";
import { MESSAGES, stillPending } from "./state.js";
import { language, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").Thread} Thread */
/** @typedef {{key: string, signature: string, draw: () => HTMLElement}} Entry */

/** Messages of one person within this time share one name line. */
const TOGETHER_MS = 3 * 60_000;
/** The log follows new messages while it is scrolled to within this many pixels of its end. */
const NEAR_END_PX = 80;

/** @param {Desk} desk */
export function logView(desk) {
  const log = h("div", { class: "log", role: "log", tabindex: 0, "aria-label": t("log") });
  const foot = h("p", { class: "typing", role: "status" });
  const toEnd = () => (log.scrollTop = log.scrollHeight);
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  const jump = button(t("newBelow"), toEnd, { class: "jump plain", hidden: true });
  log.addEventListener("scroll", () => atEnd() && (jump.hidden = true), { passive: true });
  /** The conversation that is drawn, so that another one starts at its end. @type {string|null} */
  let shown = null;
  desk.store.watch(
    (state) => [state.thread?.events, state.thread?.delta, state.pending, state.thread?.status],
    ({ thread }) => {
      if (thread?.status !== "ready") return;
      const sending = Boolean(desk.state.pending.get(thread.id)?.length);
      const follow = shown !== thread.id || sending || atEnd();
      if (shown !== thread.id) fill(log);
      shown = thread.id;
      drawLog(desk, log, thread);
      jump.hidden = follow;
      // After the pane has been laid out: it may just have been unhidden.
      if (follow) requestAnimationFrame(toEnd);
    },
  );
  desk.store.watch((state) => [state.thread?.typing], ({ thread }) => fill(foot, typingWords(thread)));
  return h("div", { class: "log-frame" }, log, foot, jump);
}

/** @param {Desk} desk @param {Element} log @param {Thread} thread */
function drawLog(desk, log, thread) {
  reconcile(log, entries(desk, thread), {
    key: (entry) => entry.key,
    signature: (entry) => `${language()} ${entry.signature}`,
    draw: (entry) => entry.draw(),
  });
}

/** @param {Thread|null} thread */
function typingWords(thread) {
  if (!thread?.typing) return "";
  const { by, name } = thread.typing;
  if (by === "assistant") return t("aiWriting");
  return by === "buyer" ? t("isTyping", { name: name ?? t("buyer") }) : "";
}

/** Where the dialogue stands after a turn is for the program, not for people. */
const BOOKKEEPING = new Set(["turn_taken"]);

/** @param {Desk} desk @param {Thread} thread @returns {Entry[]} */
function entries(desk, thread) {
  const pending = stillPending(desk.state.pending.get(thread.id) ?? [], thread.events);
  const shown = thread.events.filter((event) => !BOOKKEEPING.has(event.kind));
  return [
    ...shown.flatMap((event, index) => eventEntries(desk, event, shown[index - 1])),
    ...(thread.delta ? [deltaEntry(thread.delta)] : []),
    ...pending.map((message) => pendingEntry(desk, thread.id, message)),
  ];
}

/** @param {Desk} desk @param {DeskEvent} event @param {DeskEvent|undefined} before @returns {Entry[]} */
function eventEntries(desk, event, before) {
  const newDay = !before || day(before.at) !== day(event.at);
  const together = !newDay && sameVoice(before, event);
  const entry = {
    key: `e${event.seq}`,
    signature: String(together),
    draw: () => eventEntry(desk, event, together),
  };
  return newDay ? [dayEntry(desk, event), entry] : [entry];
}

/** @param {DeskEvent} before @param {DeskEvent} event */
function sameVoice(before, event) {
  if (!MESSAGES.has(before.kind) || before.kind !== event.kind || before.data.name !== event.data.name) return false;
  return Date.parse(event.at) - Date.parse(before.at) < TOGETHER_MS;
}

/** @param {Desk} desk @param {DeskEvent} event @returns {Entry} */
function dayEntry(desk, event) {
  const heading = dayHeading(event.at, desk.now());
  return { key: `d${event.seq}`, signature: heading, draw: () => h("div", { class: "day" }, h("span", {}, heading)) };
}

/** @param {{turn: string, text: string}} delta @returns {Entry} */
function deltaEntry({ turn, text }) {
  const draw = () => h("article", { class: "msg assistant", "aria-hidden": "true" }, h("p", { class: "bubble writing" }, text));
  return { key: `t${turn}`, signature: text, draw };
}

/** @param {Desk} desk @param {string} id @param {Pending} message @returns {Entry} */
function pendingEntry(desk, id, message) {
  return {
    key: `p${message.clientId}`,
    signature: message.state + message.why,
    draw: () =>
      h(
        "article",
        { class: "msg agent pending", "data-state": message.state, "aria-label": t("you") },
        h("p", { class: "bubble" }, message.text),
        h("p", { class: "msg-state" }, ...pendingState(desk, id, message)),
      ),
  };
}

/** @param {Desk} desk @param {string} id @param {Pending} message */
function pendingState(desk, id, message) {
  if (message.state === "sending") return [t("sending")];
  const again = button(t("again"), () => desk.outbox.retry(id, message), { class: "link" });
  const edit = button(t("edit"), () => putBack(desk, id, message), { class: "link" });
  return [h("span", { class: "bad" }, t("notSent"), message.why ? ` · ${message.why}` : ""), again, edit];
}

/** The text of a stuck message goes back to the composer, before what is there. @param {Desk} desk @param {string} id @param {Pending} message */
function putBack(desk, id, message) {
  const rest = draft(id, "reply");
  keepDraft(id, "reply", [desk.outbox.withdraw(id, message), rest].filter(Boolean).join("\n"));
  desk.store.set({ mode: "reply" });
  dispatchEvent(new Event("fairdesk:draft"));
}
