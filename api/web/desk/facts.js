/**
 * What the rules' facts are called, and who tells them: fetched once, since proofs in the log name facts by their keys.
 */

import { moment, plain } from "./format.js";
import { named, say } from "./words.js";

/** @typedef {import("./types.js").FactLabel} FactLabel */

/** @type {Record<string, FactLabel>} */
let labels = {};

const A_TIME = /^\d{4}-\d\d-\d\dT/;

/** Keeps the labels; without them facts are shown by their keys. @param {Record<string, FactLabel>} facts */
export function learnFacts(facts) {
  labels = facts;
}

/** A fact with its value and who told it: `签收时间 11月17日 14:02（订单）`. @param {string} name @param {unknown} value */
export function factWords(name, value) {
  const fact = labels[name];
  if (!fact) return `${name} = ${plain(value)}`;
  const shown = say(fact.values[String(value)] ?? "") || (A_TIME.test(String(value)) ? moment(String(value)) : plain(value));
  return `${say(fact.label)} ${shown} (${named("source", fact.known_by)})`;
}
