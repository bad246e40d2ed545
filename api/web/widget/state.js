/**
 * What the widget knows, how each thing that happens changes it, and what is shown of it: plain functions, no nodes.
 * The log of events is the truth; everything else follows from it.
 */

import { dayKey } from "./format.js";

/** @typedef {import("../shared/contract.js").Conversation} Conversation */
/** @typedef {import("../shared/contract.js").Event} Event */
/** @typedef {import("../shared/contract.js").Answer} Answer */
/** @typedef {import("../shared/contract.js").Attachment} Attachment */
/** @typedef {import("../shared/contract.js").Card} Card */
/** @typedef {import("../shared/contract.js").Button} Button */

/**
 * A message on its way: shown at once, kept until its event comes back.
 * @typedef {object} Pending
 * @property {string} client_id
 * @property {string} text
 * @property {Answer} [answer]
 * @property {Attachment[]} attachments
 * @property {boolean} failed
 * @property {string} [problem] why the server refused it
 */

/** @typedef {"idle" | "opening" | "online" | "offline" | "refused"} Link */

/**
 * @typedef {object} State
 * @property {Link} link
 * @property {Conversation | null} conversation
 * @property {Event[]} events by seq, each once
 * @property {number} cursor the last seq that came through the stream or the history: where to resume
 * @property {number} read the last seq that the buyer has seen
 * @property {Pending[]} pending
 * @property {{turn: string, text: string} | null} draft a reply that is being written
 * @property {{by: string, name?: string} | null} typing
 * @property {Record<string, string>} settled proposals that are closed, and how
 * @property {number} skew the server's clock minus ours, milliseconds
 */

/** @returns {State} */
export const emptyState = () => ({
  link: "idle", conversation: null, events: [], cursor: 0, read: 0, pending: [], draft: null, typing: null, settled: {}, skew: 0,
});

/**
 * An event from the stream, the history or an answer to a send. One that is known already changes nothing.
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function withEvent(state, event) {
  if (state.events.some((known) => known.seq === event.seq)) return state;
  const at = state.events.filter((known) => known.seq < event.seq).length;
  const next = { ...state, events: [...state.events.slice(0, at), event, ...state.events.slice(at)] };
  return APPLY[event.kind]?.(next, event) ?? next;
}

/** @type {Record<string, (state: State, event: Event) => State>} */
const APPLY = {
  buyer_message: (state, { data }) => ({
    ...state, pending: state.pending.filter((message) => message.client_id !== data.client_id),
  }),
  assistant_reply: (state) => ({ ...state, draft: null, typing: null }),
  staff_message: (state) => ({ ...state, draft: null, typing: null }),
  owner_changed: (state, { seq, data }) =>
    !state.conversation || seq <= state.conversation.last_seq
      ? state
      : withConversation(state, {
          ...state.conversation, owner: data.to, last_seq: seq, agent: data.agent ?? null, queue: data.queue ?? null,
        }),
  proposal_closed: (state, { data }) => withSettled(state, data.proposal_id, data.state),
};

/**
 * @param {State} state
 * @param {Conversation} conversation
 * @returns {State}
 */
export const withConversation = (state, conversation) => ({
  ...state,
  conversation,
  typing: conversation.owner === state.conversation?.owner ? state.typing : null,
});

/**
 * @param {State} state
 * @param {string} proposal
 * @param {string} how
 * @returns {State}
 */
export const withSettled = (state, proposal, how) => ({ ...state, settled: { ...state.settled, [proposal]: how } });

/**
 * More text of a reply that is being written. Once the reply itself is here, late pieces are dropped.
 * @param {State} state
 * @param {{turn: string, text: string}} delta
 * @returns {State}
 */
export function withDelta(state, { turn, text }) {
  if (state.events.some((event) => event.kind === "assistant_reply" && event.data.turn === turn)) return state;
  const before = state.draft?.turn === turn ? state.draft.text : "";
  return { ...state, typing: null, draft: { turn, text: before + text } };
}

/**
 * @param {State} state
 * @param {string} clientId
 * @param {Partial<Pending>} change
 * @returns {State}
 */
export const withPending = (state, clientId, change) => ({
  ...state,
  pending: state.pending.map((message) => (message.client_id === clientId ? { ...message, ...change } : message)),
});

/**
 * The connection came or went. A draft whose pieces may be missing is dropped: the whole reply will follow.
 * @param {State} state
 * @param {Link} link
 * @returns {State}
 */
export const withLink = (state, link) =>
  link === "online" ? { ...state, link } : { ...state, link, draft: null, typing: null };

/** @param {State} state */
export const lastSeq = (state) => state.events.at(-1)?.seq ?? 0;

/** What a buyer would want to be told of. */
const NEWS = new Set(["assistant_reply", "staff_message", "receipt_issued", "case_changed"]);

/**
 * How many things were said or done since the buyer last looked.
 * @param {State} state
 */
export const unread = (state) => state.events.filter((event) => event.seq > state.read && NEWS.has(event.kind)).length;

/**
 * @typedef {object} Item
 * @property {string} key stays the same while the thing stays the same
 * @property {string} version changes when it must be drawn again
 * @property {"day" | "buyer" | "pending" | "reply" | "staff" | "note" | "receipt" | "case" | "draft" | "typing" | "chips"} kind
 * @property {any} data
 * @property {boolean} first true when somebody else spoke before: the author's name is shown
 * @property {string} [at]
 */

/** Which kind of item an event becomes; the others are not shown by themselves. */
const SHOWN = /** @type {Record<string, Item["kind"]>} */ ({
  buyer_message: "buyer",
  assistant_reply: "reply",
  staff_message: "staff",
  owner_changed: "note",
  notice: "note",
  rated: "note",
  receipt_issued: "receipt",
  case_changed: "case",
});

/** Kinds that take a turn in the talk, as opposed to lines between. */
const SPOKEN = new Set(["buyer", "pending", "reply", "staff"]);

/**
 * The items of a state, oldest first.
 * @param {State} state
 * @returns {Item[]}
 */
export function timeline(state) {
  const inReplies = receiptsInReplies(state.events);
  /** @type {Item[]} */
  const items = [];
  let day = "";
  let speaker = "";
  let before = "";
  for (const event of state.events) {
    const kind = SHOWN[event.kind];
    // A receipt that a reply shows is not shown twice, and a case's first step says what its receipt has just said.
    const told = (kind === "receipt" && inReplies.has(event.data.receipt.case_id)) || (kind === "case" && before === "receipt_issued");
    before = event.kind;
    if (!kind || told) continue;
    if (dayKey(event.at) !== day) {
      day = dayKey(event.at);
      items.push({ key: `day-${day}`, version: "", kind: "day", data: event.at, first: false });
    }
    items.push({ key: keyOf(event), version: versionOf(state, event), kind, data: event.data, first: speaker !== event.actor, at: event.at });
    speaker = SPOKEN.has(kind) ? event.actor : "";
  }
  return [...items, ...trailing(state, speaker)];
}

/**
 * A sent message keeps its key when its event arrives, so that it doesn't move or flicker.
 * @param {Event} event
 */
const keyOf = (event) => (event.kind === "buyer_message" ? `mine-${event.data.client_id}` : `event-${event.seq}`);

/** @param {State} state @param {Event} event */
function versionOf(state, event) {
  if (event.kind === "buyer_message") return "sent";
  return cardsOf(event).map((card) => (card.type === "proposal" ? (state.settled[card.proposal_id] ?? "open") : "")).join();
}

/** @param {Event} event @returns {Card[]} */
const cardsOf = (event) => (event.kind === "assistant_reply" ? (event.data.reply.cards ?? []) : []);

/** @param {Event[]} events */
const receiptsInReplies = (events) =>
  new Set(events.flatMap(cardsOf).map((card) => (card.type === "receipt" ? card.case_id : null)));

/**
 * What comes after the log: messages on their way, the reply being written, somebody typing, quick replies.
 * @param {State} state
 * @param {string} speaker
 * @returns {Item[]}
 */
function trailing(state, speaker) {
  /** @type {Item[]} */
  const items = state.pending.map((message, index) => ({
    key: `mine-${message.client_id}`,
    version: message.failed ? "failed" : "sending",
    kind: "pending",
    data: message,
    first: index === 0 && speaker !== "buyer",
  }));
  if (state.draft) {
    items.push({ key: `draft-${state.draft.turn}`, version: state.draft.text, kind: "draft", data: state.draft, first: speaker !== "assistant" });
  } else if (state.typing) {
    items.push({ key: "typing", version: state.typing.name ?? "", kind: "typing", data: state.typing, first: false });
  }
  const buttons = quickReplies(state);
  if (buttons.length) items.push({ key: `chips-${lastSpoken(state)?.seq}`, version: "", kind: "chips", data: buttons, first: false });
  return items;
}

/** @param {State} state */
const lastSpoken = (state) => state.events.filter((event) => SPOKEN.has(SHOWN[event.kind] ?? "")).at(-1);

/**
 * The buttons of the last reply, while it is still the last word. Those of a proposal stand on its card.
 * @param {State} state
 * @returns {Button[]}
 */
export function quickReplies(state) {
  const last = lastSpoken(state);
  const over = state.pending.length > 0 || state.draft || state.conversation?.owner === "closed";
  if (last?.kind !== "assistant_reply" || over) return [];
  const onCards = new Set(cardsOf(last).map((card) => (card.type === "proposal" ? card.proposal_id : null)));
  const buttons = /** @type {Button[]} */ (last.data.reply.buttons ?? []);
  return buttons.filter((button) => !onCards.has(button.answer?.proposal_id ?? ""));
}
