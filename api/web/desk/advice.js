/**
 * The copilot beside the conversation. Quiet: it never moves the focus, announces nothing, sends nothing, and while
 * hidden is not asked either.
 */

import { clauseButton, decisionCard } from "./cards.js";
import { insertText, unmarked } from "./composer.js";
import { button, fill, h, icon } from "./dom.js";
import { cited } from "./events.js";
import { percent } from "./format.js";
import { part } from "./part.js";
import { lastFromBuyer } from "./state.js";
import { say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").Advice} Advice */
/** @typedef {import("./types.js").Thread} Thread */
/** @typedef {import("./dom.js").Child} Child */

/** @param {Desk} desk */
export function copilotPart(desk) {
  const { element, body } = part("copilot", t("copilot"));
  const show = button(t("copilotShow"), () => desk.showCopilot(true), { class: "quiet wide", hint: "c" });
  const frame = h("div", { class: "copilot-frame" });
  desk.store.watch(
    (state) => [state.copilot],
    ({ copilot }) => fill(frame, copilot ? element : show),
  );
  desk.store.watch(
    (state) => [state.thread?.advice, state.thread?.adviceStatus, state.thread?.events, state.thread?.id],
    ({ thread }) => drawAdvice(desk, body, thread),
  );
  return frame;
}

/** @param {Desk} desk @param {HTMLElement} body @param {Thread|null} thread */
function drawAdvice(desk, body, thread) {
  const hide = button(t("copilotHide"), () => desk.showCopilot(false), { class: "quiet wide", hint: "c" });
  const advice = thread?.advice;
  if (!thread || !advice) return fill(body, h("p", { class: "faint" }, waitingWords(thread)), hide);
  const stale = thread.adviceFor < lastFromBuyer(thread.events);
  body.dataset.stale = String(stale);
  const parts = adviceParts(desk, advice);
  const note = stale ? h("p", { class: "faint" }, t("copilotStale")) : null;
  fill(body, note, parts.length ? parts : h("p", { class: "faint" }, t("copilotNothing")), hide);
}

/** @param {Thread|null} thread */
function waitingWords(thread) {
  return t(thread?.adviceStatus === "failed" ? "copilotFailed" : "copilotLoading");
}

/** @param {Desk} desk @param {Advice} advice @returns {Child[]} */
function adviceParts(desk, advice) {
  return [
    ...suggestion(desk, advice),
    ...(advice.next_step ? [h("h4", {}, t("nextStep")), h("p", {}, say(advice.next_step))] : []),
    ...intents(advice),
    ...(advice.entitlement ? [h("h4", {}, t("entitlement")), decisionCard(desk, advice.entitlement)] : []),
    ...questions(desk, advice),
    ...clauses(desk, advice),
  ];
}

/** @param {Desk} desk @param {Advice} advice @returns {Child[]} */
function suggestion(desk, { suggestion: offer }) {
  if (!offer?.text) return [];
  const insert = button(t("insert"), () => insertText(desk, unmarked(offer.text)), { class: "plain", icon: undefined });
  const text = h("p", {}, ...cited(desk, offer.text, offer.citations ?? []));
  return [h("h4", {}, icon("spark"), t("suggestion")), h("div", { class: "offer" }, text, insert)];
}

/** @param {Advice} advice @returns {Child[]} */
function intents({ intents: found }) {
  if (!found?.length) return [];
  const rows = found.slice(0, 3).map(({ name, title, probability }) => {
    const bar = h("meter", { min: 0, max: 1, value: probability, "aria-label": percent(probability) });
    return h("li", { title: name }, h("span", {}, say(title) || name), bar, h("span", { class: "faint mono" }, percent(probability)));
  });
  return [h("h4", {}, t("intent")), h("ul", { class: "intents" }, rows)];
}

/** @param {Desk} desk @param {Advice} advice @returns {Child[]} */
function questions(desk, { open_questions: open }) {
  if (!open?.length) return [];
  const buttons = open.map(({ fact, question }) =>
    h("li", {}, button(say(question), () => insertText(desk, say(question)), { class: "ask", title: fact })),
  );
  return [h("h4", {}, t("openQuestions")), h("ul", { class: "asks" }, buttons)];
}

/** @param {Desk} desk @param {Advice} advice @returns {Child[]} */
function clauses(desk, { clauses: found }) {
  if (!found?.length) return [];
  const items = found.map(({ clause, title, excerpt }) =>
    h("li", {}, clauseButton(desk, clause, say(title) || clause), h("p", { class: "faint" }, say(excerpt))),
  );
  return [h("h4", {}, t("clauses")), h("ul", { class: "clause-items" }, items)];
}
