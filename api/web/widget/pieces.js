/** Pieces that bubbles and cards are made of: running text, sources, amounts, rows, tracks. */

import { h, icon } from "./dom.js";
import { money } from "./format.js";

/** @typedef {import("../shared/contract.js").Citation} Citation */
/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("../shared/contract.js").Amount} Amount */

const LONG_CHARS = 700;
const LONG_LINES = 16;

/**
 * A text as a paragraph; `[1]` becomes a button where a citation with that number exists.
 * @param {string} text
 * @param {Citation[]} citations
 * @param {Ui} ui
 */
export function prose(text, citations, ui) {
  const paragraph = h("div", { class: "prose", dir: "auto" }, text.split(/(\[\d+\])/).map((part) => mark(part, citations, ui)));
  const long = text.length > LONG_CHARS || text.split("\n").length > LONG_LINES;
  return long ? folded(paragraph, ui) : paragraph;
}

/** @param {string} part @param {Citation[]} citations @param {Ui} ui */
function mark(part, citations, ui) {
  const citation = citations.find((one) => part === `[${one.n}]`);
  if (!citation) return part;
  const label = `${ui.words.cite} ${citation.n}: ${citation.title}`;
  const onclick = () => ui.openClause(citation.clause);
  return h("button", { type: "button", class: "mark", "aria-label": label, title: citation.title, onclick }, String(citation.n));
}

/** @param {HTMLElement} paragraph @param {Ui} ui */
function folded(paragraph, ui) {
  paragraph.classList.add("folded");
  const toggle = h("button", { type: "button", class: "link", "aria-expanded": "false", onclick }, ui.words.more);
  function onclick() {
    const closed = paragraph.classList.toggle("folded");
    toggle.setAttribute("aria-expanded", String(!closed));
    toggle.textContent = closed ? ui.words.more : ui.words.less;
  }
  return h("div", null, paragraph, toggle);
}

/**
 * The sources under a reply, each a button that opens the clause.
 * @param {{clause: string, title: string, n?: number}[]} citations
 * @param {Ui} ui
 */
export function sources(citations, ui) {
  if (!citations.length) return null;
  return h(
    "ul",
    { class: "sources", "aria-label": ui.words.basis },
    citations.map(({ clause, title, n }) =>
      h("li", null, h("button", { type: "button", class: "source", onclick: () => ui.openClause(clause) },
        n ? h("span", { class: "mark" }, String(n)) : null, h("span", null, title))),
    ),
  );
}

/**
 * The frame of a card. `name` is its class and decides nothing but looks; the title is its accessible name.
 * @param {string} name
 * @param {string} title
 * @param {...import("./dom.js").Child} children
 */
export const card = (name, title, ...children) => h("section", { class: `card ${name}`, "aria-label": title }, ...children);

/** @param {string} tone @param {string} text */
export const pill = (tone, text) => h("span", { class: `pill ${tone}` }, text);

/**
 * An amount with the arithmetic behind it; a single line would only repeat the sum.
 * @param {Amount | null | undefined} amount
 * @param {Ui} ui
 */
export function amountOf(amount, ui) {
  if (!amount) return null;
  const lines = amount.lines ?? [];
  return h(
    "div",
    { class: "amount" },
    h("p", { class: "sum" }, h("span", { class: "sr" }, `${ui.words.amount} `), money(amount.fen, amount.currency)),
    lines.length > 1 && h("dl", { class: "rows" }, lines.map((line) => row(line.label, money(line.fen, amount.currency)))),
  );
}

/** @param {string} label @param {...import("./dom.js").Child} value */
export const row = (label, ...value) => h("div", null, h("dt", null, label), h("dd", null, ...value));

/**
 * A piece of text with a button that copies it.
 * @param {string} text
 * @param {Ui} ui
 */
export function copyable(text, ui) {
  const button = h("button", { type: "button", class: "copy", "aria-label": `${ui.words.copy} ${text}`, onclick: copy }, icon("copy"));
  async function copy() {
    await navigator.clipboard?.writeText(text);
    button.replaceChildren(icon("check"));
    button.setAttribute("aria-label", ui.words.copied);
  }
  return h("span", { class: "copyable" }, h("span", { class: "number" }, text), button);
}

/**
 * Steps or scans one under the other, the newest or the next one marked.
 * @param {{label: string, detail: string, state: "done" | "now" | "next"}[]} steps
 */
export const track = (steps) =>
  h("ol", { class: "track" }, steps.map((step) =>
    h("li", { class: step.state, "aria-current": step.state === "now" && "step" },
      h("span", { class: "dot" }, step.state === "done" ? icon("check") : null),
      h("div", null, h("p", null, step.label), step.detail && h("p", { class: "quiet" }, step.detail)))));
