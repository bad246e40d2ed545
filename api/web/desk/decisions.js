/**
 * The engine's own decision, as the log keeps it, in the shape of the card that buyers see.
 */

import { factWords } from "./facts.js";
import { say } from "./words.js";

/** @typedef {import("./types.js").DecisionCard} DecisionCard */
/** @typedef {import("./types.js").RuleProof} RuleProof */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {{expression: string, truth: import("./types.js").Truth, facts?: Record<string, unknown>, because?: Words}} Condition */

/** Rules that apply stand first, then those still open. */
const ORDER = ["true", "open", "false"];

/**
 * A card, whether given one already or the engine's decision with its proof.
 *
 * @param {any} decision
 * @returns {DecisionCard}
 */
export function cardOf(decision) {
  if (!decision.proof) return decision;
  const { outcome, title, claim, amount, because, citations, alternatives, counterfactuals, proof } = decision;
  const until = (counterfactuals ?? []).find((/** @type {any} */ one) => one.until)?.until;
  return {
    outcome,
    title: say(title) || claim,
    amount,
    reasons: because,
    citations,
    rules: proof.map(ruleOf).sort((/** @type {RuleProof} */ a, /** @type {RuleProof} */ b) => place(a) - place(b)),
    alternatives,
    what_if: (counterfactuals ?? []).map((/** @type {any} */ one) => one.text),
    until,
  };
}

/** @param {RuleProof} rule */
const place = (rule) => ORDER.indexOf(rule.truth);

/** @param {any} rule @returns {RuleProof} */
function ruleOf({ rule, title, rank, truth, conditions = [], exceptions = [] }) {
  return { id: rule, title, rank, truth, conditions: [...conditions, ...exceptions].map(conditionOf) };
}

/** A condition in words where it has some, else as written; then the facts that it looked at. @param {Condition} condition */
function conditionOf({ expression, truth, facts = {}, because }) {
  const seen = Object.entries(facts).map(([name, value]) => factWords(name, value));
  const text = [say(because) || expression, seen.join(", ")].filter(Boolean).join("  ·  ");
  return { text, truth };
}
