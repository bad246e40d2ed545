/** Cards that ask or answer: which order, what the rules say, what will be done, a picture, the clauses. */

import { h, icon, losesFocus } from "./dom.js";
import { countdown, date, dateTime, money } from "./format.js";
import { amountOf, card, pill, row, sources } from "./pieces.js";
import { caseCard, clausesCard, handoffCard, parcelCard, photoCard, receiptCard } from "./records.js";
import { ApiError } from "./wire.js";

/** @typedef {import("../shared/contract.js").PickerOrder} PickerOrder */
/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("../shared/contract.js").DecisionCard} DecisionCard */
/** @typedef {import("../shared/contract.js").Citation} Citation */
/** @typedef {import("../shared/contract.js").RuleProof} RuleProof */
/** @typedef {import("../shared/contract.js").Truth} Truth */
/** @typedef {import("../shared/contract.js").ProposalCard} ProposalCard */

/** Beyond this many a list is searched rather than read. */
const MANY = 5;

/**
 * @param {{orders: PickerOrder[]}} picker
 * @param {Ui} ui
 */
export function orderPicker({ orders }, ui) {
  const { words } = ui;
  const none = h("p", { class: "quiet", hidden: true, role: "status" }, words.noOrders);
  const rows = orders.map((order) => ({ node: orderRow(order, ui), text: `${order.title} ${order.shop}`.toLowerCase() }));
  const search = h("input", { type: "search", "aria-label": words.searchOrders, placeholder: words.searchOrders, oninput: filter });
  function filter() {
    const wanted = search.value.trim().toLowerCase();
    for (const { node, text } of rows) node.hidden = !text.includes(wanted);
    none.hidden = rows.some(({ node }) => !node.hidden);
  }
  return card(
    "orders",
    words.pickOrder,
    orders.length > MANY && h("div", { class: "search" }, icon("search"), search),
    h("div", { class: "scroll" }, rows.map(({ node }) => node), none),
  );
}

/** @param {PickerOrder} order @param {Ui} ui */
function orderRow(order, ui) {
  const answer = { order_id: order.order_id, item_id: order.item_id };
  return h(
    "button",
    { type: "button", class: "order", onclick: () => ui.say(order.title, answer) },
    thumbnail(order.image, ui),
    h("span", { class: "what" },
      h("strong", null, order.title),
      h("span", { class: "quiet" }, `${order.shop} · ${date(order.created_at, ui.lang)}`)),
    h("span", { class: "how" },
      h("span", { class: "number" }, money(order.paid_fen, order.currency)),
      h("span", { class: "quiet" }, order.state_label)),
  );
}

/** @param {string | undefined} path @param {Ui} ui */
function thumbnail(path, ui) {
  const src = path && ui.asset(path);
  const box = h("span", { class: "thumb" }, icon("box"));
  if (!src) return box;
  const image = h("img", { src, alt: "", loading: "lazy", onload: () => box.replaceChildren(image) });
  return box.append(h("span", { hidden: true }, image)), box;
}

const TONE = { grant: "good", refuse: "bad", review: "info", ask: "info" };
const SIGN = /** @type {const} */ ({ true: "check", false: "cross", open: "open" });

/**
 * @param {DecisionCard} decision
 * @param {Ui} ui
 * @param {Citation[]} citations the reply's, for their titles
 */
export function decisionCard(decision, ui, citations) {
  const { words } = ui;
  return card(
    "decision",
    decision.title,
    h("header", null, pill(TONE[decision.outcome], words[decision.outcome]), h("h3", null, decision.title)),
    amountOf(decision.amount, ui),
    decision.until && h("p", { class: "quiet with-icon" }, icon("clock"), `${words.until} ${dateTime(decision.until, ui.lang)}`),
    proof(decision, ui, citations),
    alternatives(decision, ui),
  );
}

/** @param {string[]} clauses @param {Citation[]} citations */
const titled = (clauses, citations) =>
  clauses.map((clause) => ({ clause, title: citations.find((one) => one.clause === clause)?.title ?? clause }));

/** @param {DecisionCard} decision @param {Ui} ui @param {Citation[]} cited */
function proof({ reasons = [], facts = [], rules = [], citations = [], what_if: whatIf = [] }, ui, cited) {
  if (![reasons, facts, rules, citations, whatIf].some((part) => part.length)) return null;
  return h(
    "details",
    { class: "proof" },
    h("summary", null, icon("scale"), ui.words.why, icon("down")),
    reasons.length > 0 && h("ul", { class: "reasons" }, reasons.map((reason) => h("li", null, reason))),
    facts.length > 0 && h("h4", null, ui.words.facts),
    facts.length > 0 && h("dl", { class: "rows" }, facts.map((fact) =>
      row(fact.label, fact.value, fact.source ? h("small", null, fact.source) : null))),
    rules.length > 0 && h("h4", null, ui.words.rules),
    rules.map((rule) => ruleOf(rule, ui)),
    whatIf.length > 0 && h("h4", null, ui.words.whatIf),
    whatIf.length > 0 && h("ul", { class: "reasons" }, whatIf.map((one) => h("li", null, one))),
    sources(titled(citations, cited), ui),
  );
}

/** @param {RuleProof} rule @param {Ui} ui */
const ruleOf = (rule, ui) =>
  h("div", { class: "rule" },
    h("p", { class: `truth ${rule.truth}` }, sign(rule.truth, ui), h("span", null, rule.title), pill("", rankName(rule.rank, ui))),
    h("ul", null, rule.conditions.map((condition) =>
      h("li", { class: `truth ${condition.truth}` }, sign(condition.truth, ui), h("span", null, condition.text)))));

/** @param {Truth} truth @param {Ui} ui */
const sign = (truth, ui) =>
  h("span", { class: "sign" }, icon(SIGN[truth]), h("span", { class: "sr" }, truth === "open" ? ui.words.open3 : ui.words[truth]));

/**
 * What a rank is called.
 * @param {string} rank
 * @param {Ui} ui
 */
export function rankName(rank, { words }) {
  const names = /** @type {Record<string, string>} */ ({
    statute: words.statute, standard: words.standard, platform: words.platform, industry: words.industry, shop: words.shop,
  });
  return names[rank] ?? rank;
}

/** @param {DecisionCard} decision @param {Ui} ui */
function alternatives({ alternatives: others = [] }, ui) {
  if (!others.length) return null;
  return h("div", { class: "alternatives" },
    h("h4", null, ui.words.alternatives),
    others.map((other) => h("button", { type: "button", class: "chip", onclick: () => ui.say(other.title) }, other.title)));
}

/**
 * @param {ProposalCard} proposal
 * @param {Ui} ui
 */
export function proposalCard(proposal, ui) {
  const settled = ui.session.state.settled[proposal.proposal_id];
  const late = Date.parse(proposal.expires_at) <= ui.session.now();
  return card(
    "proposal",
    proposal.title,
    h("header", null, pill("accent", ui.words.proposal), h("h3", null, proposal.title)),
    amountOf(proposal.amount, ui),
    h("ul", { class: "summary" }, proposal.summary.map((line) => h("li", null, line))),
    settled || late ? outcome(settled ?? "expired", ui) : choice(proposal, ui),
  );
}

/** @param {string} how @param {Ui} ui */
function outcome(how, { words }) {
  const names = /** @type {Record<string, string>} */ ({
    confirmed: words.confirmed, refused: words.refused, expired: words.expired, withdrawn: words.withdrawn,
    in_approval: words.inApproval, declined: words.declined,
  });
  return h("p", { class: `outcome ${how}` }, names[how] ?? how);
}

/** @param {ProposalCard} proposal @param {Ui} ui */
function choice(proposal, ui) {
  const { words } = ui;
  const yes = h("button", { type: "button", class: "primary", onclick: () => settle("confirm") }, words.confirm);
  const no = h("button", { type: "button", class: "secondary", onclick: () => settle("refuse") }, words.notNow);
  const problem = h("p", { class: "problem", role: "alert" });
  const time = h("span", { class: "number", "data-expires": proposal.expires_at }, "");
  const actions = h("div", { class: "choice" }, yes, no);

  /** @param {boolean} busy */
  function work(busy) {
    // Not `disabled`, which would take the focus away.
    for (const button of [yes, no]) button.setAttribute("aria-disabled", String(busy));
    yes.textContent = busy ? words.confirming : words.confirm;
  }
  /** @param {"confirm" | "refuse"} decision */
  async function settle(decision) {
    if (yes.ariaDisabled === "true") return;
    problem.textContent = "";
    work(true);
    try {
      await ui.session.settle(proposal.proposal_id, decision);
    } catch (error) {
      work(false);
      // 4xx is the server's last word on this proposal (expired, refused elsewhere); anything else may pass.
      const final = error instanceof ApiError && !error.passing;
      problem.textContent = final ? error.message : words.confirmFailed;
      if (final && losesFocus(actions, () => actions.remove())) ui.refocus();
    }
  }
  return h("div", { "data-open": true }, actions, problem, h("p", { class: "quiet" }, `${words.validFor} `, time));
}

/**
 * Moves the countdowns inside `root` on; an offer that has run out loses its buttons.
 * @param {ParentNode} root
 * @param {Ui} ui
 */
export function tick(root, ui) {
  for (const time of root.querySelectorAll("[data-expires]")) {
    const left = Date.parse(time.getAttribute("data-expires") ?? "") - ui.session.now();
    time.textContent = countdown(left);
    const offer = left <= 0 && time.closest("[data-open]");
    if (offer && losesFocus(offer, () => offer.replaceWith(outcome("expired", ui)))) ui.refocus();
  }
}

/** @type {Record<string, (card: any, ui: import("./ui.js").Ui, citations: import("../shared/contract.js").Citation[]) => HTMLElement>} */
const CARDS = {
  order_picker: orderPicker,
  decision: decisionCard,
  proposal: proposalCard,
  receipt: receiptCard,
  case: caseCard,
  parcel: parcelCard,
  handoff: handoffCard,
  photo: photoCard,
  clauses: clausesCard,
};

/**
 * A card, or nothing for a kind that this version of the widget does not know: the reply's text still stands.
 * @param {import("../shared/contract.js").Card} card
 * @param {import("./ui.js").Ui} ui
 * @param {import("../shared/contract.js").Citation[]} citations
 */
export const drawCard = (card, ui, citations) => CARDS[card.type]?.(card, ui, citations) ?? null;
