/**
 * Messages on their way to the buyer: each is shown at once, sent in order, and tried again with the same client
 * id until the server has it, so that a lost answer never makes a second message.
 */

import { ApiError } from "./api.js";
import { reason } from "./refusals.js";
import { t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").Pending} Pending */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */

/** Pauses before the second, third … try; after the last the message waits for a person's click. */
const PAUSES_MS = [800, 2000, 5000];

/** The outbox of a desk. */
export class Outbox {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** The end of each conversation's line. @type {Map<string, Promise<void>>} */
    this.lines = new Map();
    this.wake = () => {};
  }

  /** Puts a message in its conversation's line. @param {string} id @param {string} text */
  add(id, text) {
    const message = { clientId: crypto.randomUUID(), text, state: /** @type {const} */ ("sending"), why: "" };
    this.desk.store.setPending(id, (pending) => [...pending, message]);
    this.enqueue(id, message);
  }

  /** Tries a stuck message again, with its old client id. @param {string} id @param {Pending} message */
  retry(id, message) {
    this.mark(id, message, { state: "sending", why: "" });
    this.enqueue(id, message);
  }

  /** Takes a stuck message out and returns its text. @param {string} id @param {Pending} message */
  withdraw(id, message) {
    this.remove(id, message.clientId);
    return message.text;
  }

  /** The network is back: every stuck message is tried again. */
  nudge() {
    this.wake();
    for (const [id, pending] of this.desk.state.pending)
      for (const message of pending) if (message.state === "failed") this.retry(id, message);
  }

  /** An event of the log may be a message of ours that arrived. @param {string} id @param {DeskEvent} event */
  arrived(id, event) {
    const clientId = event.data?.client_id;
    if (event.actor === "agent" && clientId) this.remove(id, clientId);
  }

  /** @param {string} id @param {Pending} message */
  enqueue(id, message) {
    const before = this.lines.get(id) ?? Promise.resolve();
    this.lines.set(id, before.then(() => this.deliver(id, message)));
  }

  /** @param {string} id @param {Pending} message */
  async deliver(id, message) {
    for (const pause of [...PAUSES_MS, null]) {
      try {
        this.desk.eventArrived(id, await this.desk.api.send(id, message.clientId, message.text));
        return this.remove(id, message.clientId);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!error.passing) return this.refused(id, message, error);
        if (pause === null) return this.mark(id, message, { state: "failed", why: reason(error) });
        await this.pause(pause);
      }
    }
  }

  /** The server said no: say why, fetch the truth, leave the text within reach. @param {string} id @param {Pending} message @param {ApiError} error */
  refused(id, message, error) {
    const why = error.status === 409 ? t("notYours") : error.message;
    this.mark(id, message, { state: "refused", why });
    if (error.status === 409) {
      this.desk.say(why);
      void this.desk.refresh(id);
    }
  }

  /** @param {string} id @param {Pending} message @param {Partial<Pending>} change */
  mark(id, message, change) {
    this.desk.store.setPending(id, (pending) =>
      pending.map((one) => (one.clientId === message.clientId ? { ...one, ...change } : one)),
    );
  }

  /** @param {string} id @param {string} clientId */
  remove(id, clientId) {
    this.desk.store.setPending(id, (pending) => pending.filter((one) => one.clientId !== clientId));
  }

  /** @param {number} milliseconds */
  pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      setTimeout(resolve, milliseconds);
    });
  }
}
