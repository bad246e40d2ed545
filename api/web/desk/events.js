/**
 * One event of the log as the desk shows it: bubbles for what people and the assistant say, quiet lines for the rest.
 */

import { pictureId } from "./api.js";
import { cardView, clauseButton, decisionCard } from "./cards.js";
import { cardOf } from "./decisions.js";
import { showPicture } from "./dialogs.js";
import { fill, h, icon } from "./dom.js";
import { clock, percent } from "./format.js";
import { named, say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */
/** @typedef {import("./types.js").Citation} Citation */
/** @typedef {import("./types.js").Reply} Reply */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {(desk: Desk, event: DeskEvent, together: boolean) => HTMLElement} Draw */

/** How each kind of event is shown. @type {Record<string, Draw>} */
const KINDS = {
  buyer_message: buyerMessage,
  assistant_reply: (desk, event, together) => replyMessage(desk, event, event.data.reply, together),
  staff_message: (_, event, together) => message(event, "agent", event.data.name, together, [bubble(event.data.text)]),
  note_added: (_, event) => note(event),
  owner_changed: (_, event) => quiet(event, ownerMoved(event.data)),
  proposal_made: (desk, event) => proposalMade(desk, event),
  proposal_closed: (_, event) => quiet(event, named("proposal", event.data.state)),
  receipt_issued: (desk, event) => receiptIssued(desk, event),
  case_changed: (desk, event) => caseChanged(desk, event),
  notice: (_, event) => quiet(event, say(event.data.text)),
  rated: (_, event) => quiet(event, [t("rated", { stars: event.data.stars }), event.data.comment].filter(Boolean).join(" · ")),
  reading_made: (_, event) => quiet(event, readingWords(event.data)),
  decision_made: (desk, event) => decisionMade(desk, event),
  handoff_made: (_, event) => quiet(event, handoffWords(event.data.handover ?? event.data)),
};

/**
 * An event of the log. A kind that this desk does not know yet is named, never dropped.
 *
 * @param {Desk} desk
 * @param {DeskEvent} event
 * @param {boolean} together true when it goes on from the message before it
 * @returns {HTMLElement}
 */
export function eventEntry(desk, event, together) {
  const draw = KINDS[event.kind] ?? ((_, one) => quiet(one, one.kind));
  return draw(desk, event, together);
}

/**
 * @param {DeskEvent} event
 * @param {string} who buyer, assistant or agent
 * @param {string} name
 * @param {boolean} together
 * @param {Child[]} body
 */
function message(event, who, name, together, body) {
  const badge = who === "assistant" ? h("span", { class: "chip ai" }, "AI") : null;
  const at = h("time", { datetime: event.at }, clock(event.at));
  const head = together ? null : h("header", {}, h("b", {}, name), badge, at);
  const label = `${name} ${clock(event.at)}`;
  return h("article", { class: `msg ${who}`, "data-together": together, "aria-label": label }, head, body);
}

/** @param {Child|Child[]} text */
const bubble = (text) => (text && String(text).trim() ? h("p", { class: "bubble" }, text) : null);

/** @type {Draw} */
function buyerMessage(desk, event, together) {
  const { text, attachments = [], answer } = event.data;
  const tapped = answer ? h("p", { class: "msg-note" }, t("answered")) : null;
  const pictures = attachments.map((/** @type {{id: string}} */ one) => picture(desk, one));
  const name = desk.state.rows.get(desk.state.openId ?? "")?.buyer.name ?? t("buyer");
  return message(event, "buyer", name, together, [bubble(text), pictures, tapped].flat());
}

/** @param {Desk} desk @param {DeskEvent} event @param {Reply} reply @param {boolean} together */
function replyMessage(desk, event, reply, together) {
  const { text, citations = [], cards = [], buttons = [] } = reply;
  const labels = buttons.map((one) => one.label).join(" · ");
  const parts = [
    text ? h("p", { class: "bubble" }, ...cited(desk, text, citations)) : null,
    citations.length ? h("ul", { class: "cites" }, citations.map((one) => h("li", {}, citation(desk, one)))) : null,
    cards.map((card) => cardView(desk, card)),
    labels ? h("p", { class: "msg-note" }, t("buttonsShown", { labels })) : null,
  ];
  return message(event, "assistant", t("ai"), together, parts.flat());
}

/**
 * Text in which `[1]` opens the clause that it cites.
 *
 * @param {Desk} desk
 * @param {string} text
 * @param {Citation[]} citations
 * @returns {Child[]}
 */
export function cited(desk, text, citations) {
  return text.split(/(\[\d+\])/).map((part) => {
    const found = citations.find((one) => `[${one.n}]` === part);
    return found ? clauseButton(desk, found.clause, String(found.n), found.title) : part;
  });
}

/** @param {Desk} desk @param {Citation} one */
const citation = (desk, one) => clauseButton(desk, one.clause, `${one.n} ${one.title || one.clause}`);

/** @param {Desk} desk @param {{id?: string, url?: string}} attachment */
function picture(desk, attachment) {
  const frame = h("button", { type: "button", class: "thumb", "aria-label": t("openPicture") }, h("span", {}, t("loading")));
  desk.api.picture(pictureId(attachment)).then(
    (url) => {
      fill(frame, h("img", { src: url, alt: t("picture") }));
      frame.addEventListener("click", () => showPicture(url));
    },
    () => fill(frame, h("span", { class: "bad" }, t("pictureFailed"))),
  );
  return frame;
}

/** @param {DeskEvent} event */
function note(event) {
  const { text, name } = event.data;
  const head = h("header", {}, icon("note"), h("b", {}, name ?? t("note")), h("time", { datetime: event.at }, clock(event.at)));
  return h("article", { class: "note", "aria-label": `${t("note")} · ${t("internal")}` }, head, h("p", {}, text));
}

/**
 * A line that does not ask for attention, with more behind it where there is more.
 *
 * @param {DeskEvent} event
 * @param {string} text
 * @param {HTMLElement|null} [more]
 */
function quiet(event, text, more = null) {
  const internal = event.visibility === "internal";
  const at = h("time", { datetime: event.at }, clock(event.at));
  const words = [h("span", { title: internal ? t("internal") : null }, text), at];
  const props = { class: "quiet-line", "data-internal": internal, "data-kind": event.kind };
  return more ? h("details", props, h("summary", {}, words), more) : h("p", props, words);
}

/** @param {{from: string, to: string, reason?: import("./types.js").Words, agent?: {name: string}|null}} data */
function ownerMoved({ from, to, reason, agent }) {
  const target = agent?.name && to === "human" ? agent.name : named("owner", to);
  return [t("ownerMoved", { from: named("owner", from), to: target }), say(reason)].filter(Boolean).join(" · ");
}

/** @param {Desk} desk @param {DeskEvent} event */
function proposalMade(desk, event) {
  const { proposal } = event.data;
  return quiet(event, t("proposed", { title: say(proposal?.title) }), cardView(desk, { type: "proposal", ...proposal }));
}

/** @param {Desk} desk @param {DeskEvent} event */
function receiptIssued(desk, event) {
  const { receipt } = event.data;
  return quiet(event, t("receiptIssued", { title: say(receipt?.title) }), cardView(desk, { type: "receipt", ...receipt }));
}

/** @param {Desk} desk @param {DeskEvent} event */
function caseChanged(desk, event) {
  const one = event.data.case ?? {};
  const text = t("caseChanged", { number: one.number ?? "", state: say(one.title) || one.state || "" });
  return quiet(event, text, cardView(desk, { type: "case", ...one }));
}

/** @param {{rule?: string, reason?: import("./types.js").Words}} handover */
function handoffWords({ rule = "", reason }) {
  return t("handedOver", { reason: [say(reason), rule].filter(Boolean).join(" · ") });
}

/** @param {Desk} desk @param {DeskEvent} event */
function decisionMade(desk, event) {
  const card = cardOf(event.data.decision ?? event.data);
  return quiet(event, t("decided", { title: decisionTitle(card) }), decisionCard(desk, card));
}

/** @param {import("./types.js").DecisionCard} decision */
function decisionTitle(decision) {
  const outcome = /** @type {import("./words.js").WordKey} */ (decision.outcome);
  return [t(outcome), say(decision.title)].filter(Boolean).join(" · ");
}

/** @param {any} data */
function readingWords(data) {
  const { intents = [], mood } = data.reading ?? data;
  const feeling = typeof mood === "string" ? mood : mood?.name;
  const names = intents.map((/** @type {any} */ one) => intentWords(one)).join(", ") || "—";
  return [t("read", { intents: names }), feeling && feeling !== "calm" ? named("mood", feeling) : ""].filter(Boolean).join(" · ");
}

/** @param {any} intent a name, or a name with its probability */
function intentWords(intent) {
  if (typeof intent === "string") return intent;
  const certainty = typeof intent.probability === "number" ? ` ${percent(intent.probability)}` : "";
  return (say(intent.title) || intent.name) + certainty;
}
