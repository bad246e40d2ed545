/** The shell around the state: opens the conversation, keeps the stream, sends what is to be sent. */

import { emptyState, lastSeq, withConversation, withDelta, withEvent, withLink, withPending, withSettled } from "./state.js";
import { ApiError, Stream, backoff } from "./wire.js";

/** @typedef {import("../shared/contract.js").Answer} Answer */
/** @typedef {import("../shared/contract.js").Attachment} Attachment */
/** @typedef {import("../shared/contract.js").Conversation} Conversation */
/** @typedef {import("./wire.js").Client} Client */
/** @typedef {import("./state.js").State} State */

/** A message is tried this often on its own; after that the buyer decides. */
const SEND_TRIES = 4;
const ACTIVE_MS = 86_400_000;
const TYPING_EVERY_MS = 3000;
/** Somebody who types sends a frame every few seconds; without one they have stopped. */
const TYPING_LASTS_MS = 6000;

/** Storage that may be switched off in the buyer's browser; then nothing is remembered. */
const memory = {
  /** @param {string} key */
  get(key) {
    try {
      return localStorage.getItem(`fairdesk:${key}`);
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {string} value */
  set(key, value) {
    try {
      localStorage.setItem(`fairdesk:${key}`, value);
    } catch {
      // Private windows refuse storage; the unread badge is then per page.
    }
  },
};

/**
 * A frame's JSON, or null: a frame that can't be read must not make the stream start over for ever.
 * @param {string} data
 */
function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

/** A version 4 UUID; `crypto.randomUUID` exists on https pages only. */
export function uuid() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** One buyer's conversation. `onChange` is told after every change of `state`. */
export class Session {
  /** @type {State} */ state = emptyState();
  /** @type {Stream | null} */ #stream = null;
  #flushing = false;
  #opening = false;
  #ended = false;
  #typedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #quiet;

  /**
   * @param {Client} client
   * @param {() => {language: string, page: {order_id?: string, url?: string}}} about
   * @param {() => void} onChange
   */
  constructor(client, about, onChange) {
    this.client = client;
    this.about = about;
    this.onChange = onChange;
  }

  /** @param {(state: State) => State} step */
  update(step) {
    const next = step(this.state);
    if (next === this.state) return;
    this.state = next;
    this.onChange();
  }

  /** The server's time as far as we know it, in milliseconds. */
  now() {
    return Date.now() + this.state.skew;
  }

  /** Opens the conversation and stays connected; tries again, ever more rarely, while the server is away. */
  async open() {
    if (this.#opening || this.state.conversation) return this.retryNow();
    this.#opening = true;
    this.update((state) => withLink(state, "opening"));
    for (let tries = 1; !this.#ended && !(await this.#begin()); tries++) {
      if (this.state.link === "refused") break;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, backoff(tries, Math.random()));
        this.#wake = () => (clearTimeout(timer), resolve(undefined));
      });
    }
    this.#opening = false;
  }

  /** @type {() => void} */ #wake = () => {};

  /** Tries now what waits for its next try. */
  retryNow() {
    this.#wake();
    this.#stream?.retryNow();
  }

  /** Disconnects for good. */
  end() {
    this.#ended = true;
    this.#stream?.stop();
  }

  async #begin() {
    try {
      const conversation = await this.client.openConversation(this.about());
      const { events, last_seq } = await this.client.events(conversation.id);
      if (this.#ended) return true;
      this.update((state) => this.#loaded(state, conversation, events, last_seq));
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#follow(/** @type {Conversation} */ (this.state.conversation).id);
    this.#flush();
    return true;
  }

  /**
   * @param {State} state
   * @param {Conversation} conversation
   * @param {import("../shared/contract.js").Event[]} events
   * @param {number} last
   */
  #loaded(state, conversation, events, last) {
    const read = Number(memory.get(`read:${conversation.id}`) ?? last);
    memory.set("active", String(Date.now()));
    memory.set(`read:${conversation.id}`, String(read));
    return events.reduce(withEvent, { ...withConversation(state, conversation), cursor: last, read });
  }

  /** True when somebody talked with us on this browser a short while ago: then news is worth a connection. */
  static isActive() {
    return Date.now() - Number(memory.get("active")) < ACTIVE_MS;
  }

  /** @param {unknown} error */
  #failed(error) {
    const passing = error instanceof ApiError && error.passing;
    this.update((state) => withLink(state, passing ? "offline" : "refused"));
  }

  /** @param {string} id */
  #follow(id) {
    this.#stream?.stop();
    this.#stream = new Stream({
      connect: (signal) => this.client.stream(id, this.state.cursor, signal),
      onFrame: (frame) => this.#receive(frame),
      onChange: (online) => {
        this.update((state) => withLink(state, online ? "online" : "offline"));
        if (online) this.#flush();
      },
      onRefused: (error) => this.#failed(error),
    });
    this.#stream.run();
  }

  /** @param {import("./wire.js").Frame} frame */
  #receive({ event, data }) {
    const value = parsed(data);
    if (!value) return;
    if (event === "event") {
      this.update((state) => ({ ...withEvent(state, value), cursor: Math.max(state.cursor, value.seq) }));
    } else if (event === "delta") {
      this.update((state) => withDelta(state, value));
    } else if (event === "state") {
      this.update((state) => withConversation(state, value));
    } else if (event === "typing" && value.by !== "buyer") {
      this.#typing(value);
    }
  }

  /** @param {{by: string, name?: string} | null} who */
  #typing(who) {
    clearTimeout(this.#quiet);
    this.update((state) => ({ ...state, typing: who }));
    if (who) this.#quiet = setTimeout(() => this.#typing(null), TYPING_LASTS_MS);
  }

  /**
   * Shows a message at once and sends it when it can.
   * @param {string} text
   * @param {{answer?: Answer | null, attachments?: Attachment[]}} [more]
   */
  send(text, { answer, attachments = [] } = {}) {
    const message = { client_id: uuid(), text, answer: answer ?? undefined, attachments, failed: false };
    this.update((state) => ({ ...state, pending: [...state.pending, message] }));
    this.#flush();
  }

  /** @param {string} clientId */
  retry(clientId) {
    this.update((state) => withPending(state, clientId, { failed: false, problem: undefined }));
    this.retryNow();
    this.#flush();
  }

  /** @param {string} clientId */
  discard(clientId) {
    this.update((state) => ({ ...state, pending: state.pending.filter((message) => message.client_id !== clientId) }));
  }

  /** Sends what waits, one after the other, so that messages arrive in the order they were written. */
  async #flush() {
    if (this.#flushing) return;
    this.#flushing = true;
    for (let message; this.state.conversation && (message = this.state.pending.find((one) => !one.failed)); ) {
      if (!(await this.#deliver(this.state.conversation.id, message))) break;
    }
    this.#flushing = false;
  }

  /**
   * Sends one message; false when nothing can be sent for now. The client id makes a repeated send harmless: the server answers with the event it has.
   * @param {string} id
   * @param {import("./state.js").Pending} message
   */
  async #deliver(id, { client_id, text, answer, attachments }) {
    const body = { client_id, text, answer, attachments: attachments.map((one) => one.id) };
    for (let tries = 1; ; tries++) {
      try {
        const { event } = await this.client.send(id, body);
        const skew = Date.parse(event.at) - Date.now();
        this.update((state) => withEvent({ ...state, skew }, event));
        if (this.state.conversation?.owner === "assistant" && !this.state.draft) this.#typing({ by: "assistant" });
        return true;
      } catch (error) {
        const passing = error instanceof ApiError && error.passing;
        if (!passing || tries === SEND_TRIES) return this.#undelivered(client_id, error);
        await new Promise((resolve) => setTimeout(resolve, backoff(tries, Math.random())));
      }
    }
  }

  /**
   * A message without a token waits for the next token; one that was refused, or tried often, waits for the buyer.
   * @param {string} clientId
   * @param {unknown} error
   */
  #undelivered(clientId, error) {
    if (error instanceof ApiError && error.status === 401) {
      this.#failed(error);
      return false;
    }
    const problem = error instanceof ApiError && !error.passing ? error.message : undefined;
    this.update((state) => withPending(state, clientId, { failed: true, problem }));
    return true;
  }

  /** Tells whoever reads that the buyer is typing. Only a person, here or soon to be, wants to know. */
  typed() {
    const { conversation } = this.state;
    const wanted = conversation?.owner === "queued" || conversation?.owner === "human";
    if (!wanted || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.client.typing(conversation.id).catch(() => {}); // a hint that may be lost
  }

  /**
   * Asks for a person. Where the short way fails the wish goes as a message, which is kept until it arrives.
   * @param {string} text the wish in words
   */
  async person(text) {
    const id = this.state.conversation?.id;
    const conversation = id && (await this.client.person(id).catch(() => null));
    if (conversation) this.update((state) => withConversation(state, conversation));
    else this.send(text, { answer: { intent: "act.person" } });
  }

  /**
   * The buyer's yes or no to a proposal. Confirming twice gives the same receipt.
   * @param {string} proposal
   * @param {"confirm" | "refuse"} decision
   */
  async settle(proposal, decision) {
    const done = await this.client.settle(proposal, decision);
    const yes = done?.receipt === null ? "in_approval" : "confirmed"; // a high amount waits for a second person
    this.update((state) => withSettled(state, proposal, decision === "confirm" ? yes : "refused"));
  }

  /** @param {number} stars @param {string} comment */
  async rate(stars, comment) {
    if (this.state.conversation) await this.client.rate(this.state.conversation.id, stars, comment);
  }

  /**
   * Goes on with a fresh token of the same buyer.
   * @param {string} token
   */
  renew(token) {
    this.client.token = token;
    if (this.state.link === "refused" && this.state.conversation) this.#follow(this.state.conversation.id);
    else this.open();
  }

  /** Leaves a closed conversation behind and opens the next one. */
  again() {
    this.#stream?.stop();
    this.update(() => emptyState());
    return this.open();
  }

  /** Tells the server what changed about the page or the language; the conversation stays the same. */
  async announce() {
    if (!this.state.conversation || this.state.conversation.owner === "closed") return;
    const conversation = await this.client.openConversation(this.about()).catch(() => null);
    if (conversation && conversation.id === this.state.conversation.id) {
      this.update((state) => withConversation(state, conversation));
    }
  }

  /** The buyer has seen everything up to here. */
  seen() {
    const read = lastSeq(this.state);
    if (read <= this.state.read) return;
    this.update((state) => ({ ...state, read }));
    memory.set(`read:${this.state.conversation?.id}`, String(read));
  }
}
