/**
 * What a member of staff does at the desk: sign in, open, take, reply, note, hand back, close.
 *
 * The one place that talks to the server and changes the state; the panes only draw it and call this.
 */

import { learnFacts } from "./facts.js";
import { isConflict, reason } from "./refusals.js";
import { emptyState, emptyThread, isMine, lastFromBuyer, rowAfter, Store, withEvent } from "./state.js";
import { keepSeen, keepSession, keptSeen, prefer, preference } from "./keep.js";
import { Live } from "./live.js";
import { Outbox } from "./outbox.js";
import { t } from "./words.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./types.js").Session} Session */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Conversation} Conversation */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */
/** @typedef {import("./types.js").Owner} Owner */
/** @typedef {import("./types.js").Notice} Notice */

/** Typing is told at most this often. */
const TYPING_EVERY_MS = 3000;
/** The copilot is asked this long after the buyer's last message, so that a burst asks once. */
const ADVICE_AFTER_MS = 500;
/** @type {readonly Owner[]} */
const OWNERS = ["queued", "human", "assistant", "closed"];

/** True where the right pane lies over the conversation instead of beside it (as in desk.css). */
export const sideOverlays = () => matchMedia("(max-width: 1180px)").matches;

/** The desk of one signed-in member of staff. */
export class Desk {
  /** @param {Api} api */
  constructor(api) {
    this.api = api;
    this.store = new Store(emptyState());
    this.store.set({ side: preference("side", true) && !sideOverlays(), copilot: preference("copilot", true) });
    this.live = new Live(this);
    this.outbox = new Outbox(this);
    this.typingToldAt = 0;
    this.adviceTimer = 0;
    api.onSignedOut = () => this.signOut(t("sessionEnded"));
    addEventListener("online", () => this.networkChanged(true));
    addEventListener("offline", () => this.networkChanged(false));
    document.addEventListener("visibilitychange", () => this.markSeen());
  }

  get state() {
    return this.store.state;
  }

  /** The server's time in milliseconds. */
  now() {
    return Date.now() + this.api.skew;
  }

  /** @param {boolean} online */
  networkChanged(online) {
    this.store.set({ online });
    if (!online) return;
    this.live.nudge();
    this.outbox.nudge();
  }

  /** Starts work with a session, new or kept. @param {Session} session */
  async begin(session) {
    keepSession(session);
    this.api.token = session.token;
    this.store.set({ staff: session.staff, seen: keptSeen(session.staff.id), notice: null });
    this.live.followQueue();
    this.api.facts().then(learnFacts, () => {}); // proofs name facts by their keys until then
  }

  /** Ends the session here; drafts stay. @param {string} [why] shown above the sign-in form */
  signOut(why) {
    this.live.stop();
    keepSession(null);
    this.api.token = "";
    const { side, copilot, pending } = this.state;
    this.store.set({ ...emptyState(), side, copilot, pending, notice: why ? { text: why, tone: "info" } : null });
  }

  /** Fetches all rows: at the start, and after the queue's stream was away. */
  async loadRows() {
    const lists = await Promise.all(OWNERS.map((owner) => this.api.rows(owner)));
    this.store.set({ rows: new Map(lists.flat().map((row) => [row.id, row])), rowsLoaded: true });
    this.markSeen();
  }

  /** Takes in one changed row. @param {Row} row */
  rowChanged(row) {
    this.store.set({ rows: new Map(this.state.rows).set(row.id, row) });
    if (row.id === this.state.openId) this.markSeen();
  }

  /** The open conversation has been looked at. */
  markSeen() {
    const { openId, rows, staff } = this.state;
    const row = openId ? rows.get(openId) : undefined;
    if (!row || !staff || document.hidden) return;
    const seen = new Map(this.state.seen);
    seen.delete(row.id);
    seen.set(row.id, row.last_at);
    this.store.set({ seen });
    keepSeen(staff.id, seen);
  }

  /** Opens a conversation beside the queue. @param {string} id */
  async open(id) {
    if (this.state.thread?.id === id && this.state.thread.status !== "failed") return;
    this.live.leaveThread();
    history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    if (sideOverlays()) this.store.set({ side: false });
    this.store.set({ openId: id, thread: emptyThread(id), mode: "reply", notice: null });
    this.markSeen();
    await this.refresh(id);
    if (this.state.thread?.id !== id || this.state.thread.status !== "ready") return;
    this.live.followThread(id, this.state.thread.events.at(-1)?.seq ?? 0);
    this.loadOrders(id);
    this.askCopilot(0);
  }

  /** Leaves the conversation: on a phone, back to the queue. */
  leave() {
    this.live.leaveThread();
    history.replaceState(null, "", location.pathname + location.search);
    this.store.set({ openId: null, thread: null });
  }

  /** Fetches the whole conversation again. @param {string} id */
  async refresh(id) {
    try {
      const { conversation, row, briefing, events } = await this.api.conversation(id);
      this.rowChanged(row);
      this.store.setThread(id, (thread) => ({
        status: "ready",
        conversation,
        briefing,
        events: thread.events.reduce(withEvent, events),
      }));
    } catch {
      this.store.setThread(id, (thread) => ({ status: thread.status === "ready" ? "ready" : "failed" }));
    }
  }

  /** Takes in an event of a conversation, from its stream or as the answer to a send. @param {string} id @param {DeskEvent} event */
  eventArrived(id, event) {
    this.store.setThread(id, (thread) => ({
      events: withEvent(thread.events, event),
      delta: event.data?.turn && event.data.turn === thread.delta?.turn ? null : thread.delta,
      typing: event.actor === thread.typing?.by ? null : thread.typing,
    }));
    this.outbox.arrived(id, event);
    if (event.kind === "handoff_made") void this.refresh(id); // it brings a briefing
    if (event.actor === "buyer") this.askCopilot(ADVICE_AFTER_MS);
  }

  /** Takes in who owns the conversation now. @param {string} id @param {Conversation} conversation */
  conversationChanged(id, conversation) {
    this.store.setThread(id, () => ({ conversation }));
    const row = this.state.rows.get(id);
    if (row) this.rowChanged(rowAfter(row, conversation, this.state.staff));
  }

  /** Takes the open conversation over from the assistant or the queue. */
  async take() {
    const { openId, staff, rows } = this.state;
    const row = openId ? rows.get(openId) : undefined;
    if (!row || !staff || isMine(row, staff) || row.owner === "closed") return;
    const taken = await this.act("take");
    if (!taken) return;
    this.rowChanged({ ...this.row(row), owner: "human", agent: { id: staff.id, name: staff.name } });
    this.store.set({ tab: "mine" });
  }

  /** Gives the open conversation back to the assistant. */
  async handBack() {
    if (this.openIsMine()) await this.act("hand-back");
  }

  /** Ends the open conversation. */
  async close() {
    if (this.openIsMine()) await this.act("close");
  }

  openIsMine() {
    const { openId, rows, staff } = this.state;
    return Boolean(openId) && isMine(rows.get(openId ?? ""), staff);
  }

  /** The newest form of a row. @param {Row} row */
  row(row) {
    return this.state.rows.get(row.id) ?? row;
  }

  /**
   * One change of owner. A refusal is said in one line, and the truth fetched.
   *
   * @param {"take"|"hand-back"|"close"} verb
   * @returns {Promise<boolean>}
   */
  async act(verb) {
    const id = this.state.openId;
    if (!id || this.state.busy) return false;
    this.store.set({ busy: true, notice: null });
    try {
      this.conversationChanged(id, await this.api.act(id, verb));
      return true;
    } catch (error) {
      if (isConflict(error)) await this.refresh(id);
      this.say(this.whyNot(error, id));
      return false;
    } finally {
      this.store.set({ busy: false });
    }
  }

  /** Why an action failed, as one line. @param {unknown} error @param {string} id */
  whyNot(error, id) {
    if (!isConflict(error)) return t("failedAction", { why: reason(error) });
    const row = this.state.rows.get(id);
    const other = row?.owner === "human" && !isMine(row, this.state.staff) ? row.agent?.name : null;
    return other ? t("takenBy", { name: other }) : t("conflict");
  }

  /** Shows one line above the conversation. @param {string} text @param {Notice["tone"]} [tone] */
  say(text, tone = "bad") {
    this.store.set({ notice: { text, tone } });
  }

  /** Sends a reply to the buyer. @param {string} text */
  reply(text) {
    if (this.state.openId) this.outbox.add(this.state.openId, text);
  }

  /**
   * Writes an internal note. Notes carry no client id, so a failed one is not sent again by itself.
   *
   * @param {string} text
   * @returns {Promise<boolean>} false when it was not saved
   */
  async note(text) {
    const id = this.state.openId;
    if (!id) return false;
    try {
      this.eventArrived(id, await this.api.note(id, text));
      return true;
    } catch (error) {
      this.say(t("noteFailed", { why: reason(error) }));
      return false;
    }
  }

  /** Lets the buyer know that somebody types; never disturbs the typing. */
  typing() {
    const id = this.state.openId;
    if (!id || !this.openIsMine() || Date.now() - this.typingToldAt < TYPING_EVERY_MS) return;
    this.typingToldAt = Date.now();
    this.api.typing(id).catch(() => {});
  }

  /** @param {string} id */
  async loadOrders(id) {
    const buyer = this.state.rows.get(id)?.buyer.id;
    if (!buyer) return;
    const orders = await this.api.orders(buyer).catch(() => /** @type {const} */ ("failed"));
    this.store.setThread(id, () => ({ orders }));
  }

  /** Asks the copilot about the open conversation after a pause; never while it is hidden. @param {number} after milliseconds */
  askCopilot(after) {
    clearTimeout(this.adviceTimer);
    const id = this.state.openId;
    if (!id || !this.state.copilot) return;
    this.adviceTimer = setTimeout(() => this.loadAdvice(id), after);
  }

  /** @param {string} id */
  async loadAdvice(id) {
    const adviceFor = lastFromBuyer(this.state.thread?.events ?? []);
    this.store.setThread(id, () => ({ adviceStatus: "loading" }));
    try {
      const advice = await this.api.copilot(id);
      this.store.setThread(id, () => ({ advice, adviceFor, adviceStatus: "idle" }));
    } catch {
      this.store.setThread(id, () => ({ adviceStatus: "failed" }));
    }
  }

  /** What the server words by language is fetched again. */
  languageChanged() {
    const id = this.state.thread?.status === "ready" ? this.state.openId : null;
    if (!id) return;
    void this.refresh(id);
    void this.loadOrders(id);
    this.askCopilot(0);
  }

  /** Shows or hides the copilot, now and next time. @param {boolean} copilot */
  showCopilot(copilot) {
    prefer("copilot", copilot);
    this.store.set({ copilot });
    if (copilot) this.askCopilot(0);
  }

  /** Shows or hides the right pane, now and next time. @param {boolean} side */
  showSide(side) {
    if (!sideOverlays()) prefer("side", side);
    this.store.set({ side });
  }
}
