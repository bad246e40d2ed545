/** The log of the conversation: items as bubbles, cards and lines; its nodes in step with the timeline, its end in sight. */

import { drawCard, tick } from "./cards.js";
import { h, icon, losesFocus } from "./dom.js";
import { clockTime, dayName } from "./format.js";
import { prose, sources } from "./pieces.js";
import { receiptCard } from "./records.js";
import { timeline } from "./state.js";

/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("../shared/contract.js").Attachment} Attachment */
/** @typedef {import("../shared/contract.js").Button} Button */

/** Closer to the end than this the buyer is reading the end. */
const NEAR_END_PX = 80;

/** @param {Ui} ui @returns {import("./ui.js").View & {tick: () => void, focus: () => void}} */
export function logView(ui) {
  const { words } = ui;
  const list = h("div", { class: "log", role: "log", tabindex: "0", "aria-label": words.log });
  const below = h("button", { type: "button", class: "below", hidden: true, onclick: toEnd }, icon("down"), words.newBelow);
  const disclosure = h("p", { class: "disclosure" }, words.disclosureLong);
  const loading = h("p", { class: "note" }, words.loading);
  const hello = welcome(ui);
  list.append(disclosure, loading, hello);
  let atEnd = true;
  list.addEventListener("scroll", () => (atEnd = nearEnd()) && (below.hidden = true), { passive: true });
  // The panel opens, the keyboard comes, the composer grows: who was at the end stays at the end.
  new ResizeObserver(() => atEnd && toEnd()).observe(list);
  /** @type {Map<string, {node: HTMLElement, version: string}>} */
  const drawn = new Map();

  const nearEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
  function toEnd() {
    list.scrollTop = list.scrollHeight;
    below.hidden = true;
  }
  return {
    node: h("div", { class: "log-frame" }, list, below),
    update(state) {
      const items = timeline(state);
      const stay = atEnd || items.some((item) => item.kind === "pending" && !drawn.has(item.key));
      // History is read by who wants to, not read out.
      list.setAttribute("aria-live", state.link === "opening" ? "off" : "polite");
      loading.hidden = state.link !== "opening";
      hello.hidden = !state.conversation || items.length > 0;
      const grown = patch(list, drawn, items, ui);
      if (stay) toEnd();
      else if (grown) below.hidden = false;
    },
    tick: () => tick(list, ui),
    focus: () => list.focus({ preventScroll: true }),
  };
}

/** @param {Ui} ui */
const welcome = (ui) =>
  h("div", { class: "hello", hidden: true },
    h("p", null, ui.words.hello),
    h("div", { class: "chips" }, ui.words.starters.map((text) =>
      h("button", { type: "button", class: "chip", onclick: () => ui.say(text) }, text))));

/**
 * Draws what is new or changed, removes what is gone, and leaves the rest as it is: an opened proof stays open,
 * a focused button stays focused. Returns true when something was added.
 * @param {HTMLElement} list
 * @param {Map<string, {node: HTMLElement, version: string}>} drawn
 * @param {Item[]} items
 * @param {Ui} ui
 */
function patch(list, drawn, items, ui) {
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { node }] of drawn) {
    if (!keys.has(key)) {
      if (losesFocus(node, () => node.remove())) ui.refocus();
      drawn.delete(key);
    }
  }
  let grown = false;
  /** @type {Element | null} */
  let after = list.querySelector(".hello");
  for (const item of items) {
    const known = drawn.get(item.key);
    grown ||= !known;
    const node = known?.version === item.version ? known.node : redraw(item, known?.node, ui);
    drawn.set(item.key, { node, version: item.version });
    if (after?.nextElementSibling !== node) after?.after(node);
    after = node;
  }
  tick(list, ui);
  return grown;
}

/** @param {Item} item @param {HTMLElement | undefined} old @param {Ui} ui */
function redraw(item, old, ui) {
  const node = drawItem(item, ui);
  if (old && losesFocus(old, () => old.replaceWith(node))) ui.refocus();
  return node;
}

/** @type {Record<Item["kind"], (item: Item, ui: Ui) => HTMLElement>} */
const ITEMS = {
  day: ({ data }, ui) => h("div", { class: "day" }, h("span", null, dayName(data, ui.session.now(), ui.lang, ui.words))),
  buyer: (item, ui) => said("mine", item, ui, ui.words.you, mine(item.data, ui), time(item, ui)),
  pending: (item, ui) => said("mine", item, ui, ui.words.you, mine(item.data, ui), delivery(item.data, ui)),
  staff: (item, ui) => said("theirs staff", item, ui, item.data.name, bubble(prose(item.data.text, [], ui))),
  reply: (item, ui) => said("theirs", item, ui, ui.words.title, ...reply(item.data.reply, ui)),
  receipt: ({ data }, ui) => h("div", { class: "theirs" }, receiptCard(data.receipt, ui)),
  note: ({ data }, ui) => h("div", { class: "note" }, note(data, ui)),
  case: ({ data }, ui) => caseNote(data.case, ui),
  draft: (item, ui) => said("theirs draft", item, ui, ui.words.title, bubble(prose(item.data.text, [], ui))),
  typing: ({ data }, ui) => typing(data, ui),
  chips: ({ data }, ui) => chips(data, ui),
};

/**
 * @param {Item} item
 * @param {Ui} ui
 */
export const drawItem = (item, ui) => ITEMS[item.kind](item, ui);

/**
 * Something said: who (in words for a screen reader always, for the eye when the speaker changes), then what.
 * @param {string} name
 * @param {Item} item
 * @param {Ui} ui
 * @param {string} author
 * @param {...import("./dom.js").Child} parts
 */
function said(name, item, ui, author, ...parts) {
  const { first, kind } = item;
  const shown = first && name !== "mine";
  const badge = kind !== "staff" && h("span", { class: "badge", "aria-hidden": "true" }, "AI");
  // A draft changes with every piece; a screen reader hears the whole reply once, when it is there.
  return h("div", { class: `said ${name}${first ? " first" : ""}`, "aria-hidden": kind === "draft" && "true" },
    h("p", { class: shown ? "author" : "sr" }, shown && badge, author, shown && time(item, ui)),
    ...parts);
}

/** @param {...import("./dom.js").Child} parts */
const bubble = (...parts) => h("div", { class: "bubble" }, ...parts);

/** @param {Item} item @param {Ui} ui */
const time = ({ at }, ui) => (at ? h("time", { class: "time", datetime: at }, clockTime(at, ui.lang)) : null);

/** @param {{text: string, attachments?: Attachment[]}} message @param {Ui} ui */
const mine = ({ text, attachments = [] }, ui) =>
  h("div", { class: "stack" }, attachments.map((one) => picture(one, ui)), text ? bubble(prose(text, [], ui)) : null);

/** @param {Attachment} attachment @param {Ui} ui */
function picture({ id }, ui) {
  const image = h("img", { class: "picture", alt: ui.words.picture });
  ui.session.client.picture(id).then((src) => (image.src = src), () => image.classList.add("missing"));
  return image;
}

/** @param {import("./state.js").Pending} message @param {Ui} ui */
function delivery(message, { words, session }) {
  if (!message.failed) return h("p", { class: "time" }, words.sending);
  return h("p", { class: "undelivered", role: "alert" },
    h("span", null, message.problem ?? words.failed),
    h("button", { type: "button", class: "link", onclick: () => session.retry(message.client_id) }, words.retry),
    h("button", { type: "button", class: "link", onclick: () => session.discard(message.client_id) }, words.discard));
}

/** @param {import("../shared/contract.js").Reply} answer @param {Ui} ui */
function reply({ text, citations = [], cards = [] }, ui) {
  return [
    text ? bubble(prose(text, citations, ui), sources(citations, ui)) : null,
    ...cards.map((card) => drawCard(card, ui, citations)),
  ];
}

/** @param {any} data of a notice, a change of owner or a rating @param {Ui} ui */
function note(data, { lang }) {
  if (data.stars) return "★".repeat(data.stars);
  return (data.text ?? data.reason)?.[lang] ?? "";
}

/**
 * A case in the log has its words in both languages.
 *
 * @param {import("../shared/contract.js").LoggedCase} record @param {Ui} ui
 */
function caseNote(record, ui) {
  const step = record.steps.filter((one) => one.at).at(-1);
  return h("div", { class: "note" },
    h("button", { type: "button", class: "link", onclick: () => ui.openCase(record.id) },
      [record.title[ui.lang], step?.label[ui.lang]].filter(Boolean).join(" · "), icon("next")));
}

/** @param {{by: string, name?: string}} who @param {Ui} ui */
function typing({ by, name }, { words }) {
  const author = name ?? (by === "agent" ? words.agent : words.title);
  return h("div", { class: `said theirs typing ${by === "agent" ? "staff" : ""}` },
    h("p", { class: "sr" }, `${author} ${words.typing}`),
    h("div", { class: "bubble", "aria-hidden": "true" }, h("i"), h("i"), h("i")));
}

/** @param {Button[]} buttons @param {Ui} ui */
const chips = (buttons, ui) =>
  h("div", { class: "chips" }, buttons.map(({ label, say, answer }) =>
    h("button", { type: "button", class: "chip", onclick: () => ui.say(say || label, answer) }, label)));
