/**
 * Cards, read-only: what the buyer was shown, and what the rules computed. Parts that are absent are left out.
 */

import { showClause } from "./dialogs.js";
import { button, h } from "./dom.js";
import { money, moment, plain } from "./format.js";
import { named, say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./types.js").Amount} Amount */
/** @typedef {import("./types.js").DecisionCard} DecisionCard */
/** @typedef {import("./types.js").Fact} Fact */
/** @typedef {import("./types.js").RuleProof} RuleProof */
/** @typedef {import("./types.js").Truth} Truth */
/** @typedef {import("./words.js").WordKey} WordKey */

/** How each type of card is shown. @type {Record<string, (desk: Desk, card: any) => HTMLElement>} */
const TYPES = {
  decision: decisionCard,
  proposal: (_, card) => proposalCard(card),
  receipt: (_, card) => receiptCard(card),
  case: (_, card) => caseCard(card),
  parcel: (_, card) => parcelCard(card),
  order_picker: (_, card) => orderPicker(card),
  handoff: (_, card) => frame("handoff", t("handoffCard", { n: card.position ?? "—" }), []),
  photo: (_, card) => frame("photo", t("photoAsked"), [h("p", {}, say(card.prompt))]),
  clauses: clausesCard,
};

/**
 * A card of a reply. A type that this desk does not know yet is named, never dropped.
 *
 * @param {Desk} desk
 * @param {any} card
 * @returns {HTMLElement}
 */
export function cardView(desk, card) {
  const draw = TYPES[card?.type];
  return draw ? draw(desk, card) : frame("other", String(card?.type ?? ""), []);
}

/** @param {string} kind @param {Child} title @param {Child[]} body */
function frame(kind, title, body) {
  return h("section", { class: `card ${kind}` }, h("h4", {}, title), body);
}

/** A button that opens a clause. @param {Desk} desk @param {string} id @param {string} [label] @param {string} [title] */
export function clauseButton(desk, id, label = id, title) {
  const name = title ? { title, "aria-label": `${label} ${title}` } : {};
  return button(label, () => void showClause(desk, id), { class: "cite", ...name });
}

/** What the rules came to, with its arithmetic, and the proof behind a click. @param {Desk} desk @param {DecisionCard} card */
export function decisionCard(desk, card) {
  const outcome = h("span", { class: `chip outcome-${card.outcome}` }, t(/** @type {WordKey} */ (card.outcome)));
  const head = [outcome, h("span", {}, say(card.title))];
  return h("section", { class: "card decision" }, h("h4", {}, head), amountView(card.amount), proofView(desk, card), [
    card.until ? h("p", { class: "faint" }, t("until", { time: moment(card.until) })) : null,
    alternatives(card),
  ]);
}

/** @param {Amount|null|undefined} amount */
function amountView(amount) {
  if (!amount) return null;
  const lines = amount.lines ?? [];
  const rows = lines.map((line) => [h("dt", {}, say(line.label)), h("dd", {}, money(line.fen, amount.currency))]).flat();
  const sums = lines.length > 1 ? h("dl", { class: "sum" }, rows) : null;
  return h("div", { class: "amount" }, h("strong", {}, money(amount.fen, amount.currency)), sums);
}

/** @param {Desk} desk @param {DecisionCard} card */
function proofView(desk, { reasons = [], facts = [], rules = [], citations = [], what_if: whatIf = [] }) {
  if (![reasons, facts, rules, citations, whatIf].some((part) => part.length)) return null;
  return h(
    "details",
    {},
    h("summary", {}, t("proof")),
    reasons.length ? h("ul", { class: "reasons" }, reasons.map((one) => h("li", {}, say(one)))) : null,
    factList(facts),
    rules.map(ruleView),
    whatIf.length ? h("p", { class: "faint" }, t("whatIf")) : null,
    whatIf.length ? h("ul", { class: "reasons" }, whatIf.map((one) => h("li", {}, say(one)))) : null,
    citations.length ? h("p", { class: "cites" }, citations.map((id) => clauseButton(desk, id))) : null,
  );
}

/** Facts with their values and where they come from. @param {Fact[]} facts */
export function factList(facts) {
  if (!facts.length) return null;
  const rows = facts.map(({ label, value, source }) => {
    const name = typeof source === "string" ? named("source", source) : say(source);
    const from = name ? h("span", { class: "faint", title: t("source", { source: name }) }, name) : null;
    return [h("dt", {}, say(label)), h("dd", {}, factValue(value), from)];
  });
  return h("dl", { class: "facts" }, rows.flat());
}

/** @param {unknown} value a plain value, or words in both languages */
function factValue(value) {
  const both = typeof value === "object" && value !== null && "zh" in value;
  return both ? say(/** @type {any} */ (value)) : plain(value);
}

/** @param {RuleProof} rule */
function ruleView(rule) {
  const head = [truthMark(rule.truth), h("b", {}, say(rule.title) || rule.id), h("span", { class: "faint" }, named("rank", rule.rank))];
  const conditions = (rule.conditions ?? []).map((one) => h("li", {}, truthMark(one.truth), h("span", {}, say(one.text))));
  return h("div", { class: "rule" }, h("p", { title: rule.id }, head), h("ul", {}, conditions));
}

/** True, false or open, as a sign that is also said. @param {Truth} truth */
function truthMark(truth) {
  const sign = { true: "✓", false: "✕", open: "?" }[truth] ?? "?";
  return h("span", { class: `truth truth-${truth}`, title: t(truth) }, sign, h("span", { class: "sr" }, t(truth)));
}

/** @param {DecisionCard} card */
function alternatives({ alternatives: others = [] }) {
  if (!others.length) return null;
  return h("p", { class: "faint" }, t("alternatives", { list: others.map((one) => say(one.title)).join(" · ") }));
}

/** @param {any} card */
function proposalCard(card) {
  const lines = (card.summary ?? []).map((/** @type {string} */ line) => h("li", {}, say(line)));
  const expires = card.expires_at ? h("p", { class: "faint" }, t("expires", { time: moment(card.expires_at) })) : null;
  return frame("proposal", `${t("proposal")} · ${say(card.title)}`, [amountView(card.amount), h("ul", {}, lines), expires]);
}

/** @param {any} card */
function receiptCard(card) {
  const numbers = [
    card.case_number ? t("caseNumber", { number: card.case_number }) : "",
    card.reference ? t("reference", { ref: card.reference }) : "",
  ];
  const dates = (card.deadlines ?? []).map((/** @type {any} */ one) => [h("dt", {}, say(one.label)), h("dd", {}, moment(one.at))]);
  return frame("receipt", `${t("receipt")} · ${say(card.title)}`, [
    amountView(card.amount),
    h("p", { class: "mono faint" }, numbers.filter(Boolean).join(" · ")),
    dates.length ? h("dl", { class: "facts" }, dates.flat()) : null,
  ]);
}

/** @param {any} card */
function caseCard(card) {
  const steps = (card.steps ?? []).map((/** @type {any} */ step) => {
    const at = step.at ?? step.due;
    const done = Boolean(step.done);
    return h("li", { "data-done": done }, truthMark(done ? "true" : "open"), say(step.label), at ? ` · ${moment(at)}` : "");
  });
  return frame("case", `${t("caseNumber", { number: card.number ?? "" })} · ${say(card.title)}`, [h("ol", { class: "steps" }, steps)]);
}

/** @param {any} card */
function parcelCard(card) {
  const events = (card.events ?? []).map((/** @type {any} */ one) => h("li", {}, h("time", {}, moment(one.at)), " ", say(one.text)));
  const title = [t("parcel"), card.carrier, card.tracking_number, say(card.state_label)].filter(Boolean).join(" · ");
  return frame("parcel", title, [h("ol", { class: "steps" }, events)]);
}

/** @param {any} card */
function orderPicker(card) {
  const orders = (card.orders ?? []).map((/** @type {any} */ one) =>
    h("li", {}, say(one.title), h("span", { class: "faint" }, ` ${say(one.state_label)} · ${money(one.paid_fen, one.currency)}`)),
  );
  return frame("order-picker", t("orderPicker"), [h("ul", {}, orders)]);
}

/** @param {Desk} desk @param {any} card */
function clausesCard(desk, card) {
  const items = (card.items ?? []).map((/** @type {any} */ one) =>
    h("li", {}, clauseButton(desk, one.clause, say(one.title)), h("p", { class: "faint" }, say(one.excerpt))),
  );
  return frame("clauses", t("clauses"), [h("ul", { class: "clause-items" }, items)]);
}
