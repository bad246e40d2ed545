/**
 * The two streams of the desk: the queue's rows, and the open conversation's events.
 */

import { ApiError, desk as path } from "./api.js";
import { follow } from "./stream.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./stream.js").Frame} Frame */
/** @typedef {{close: () => void, nudge: () => void}} Stream */

/** A "typing" that is not repeated fades after this long. */
const TYPING_FADES_MS = 6000;

/** Follows the server on behalf of a desk. */
export class Live {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Stream|null} */
    this.queue = null;
    /** @type {Stream|null} */
    this.thread = null;
  }

  /** Follows the queue. Rows carry no ids, so all are fetched again each time the stream (re)opens. */
  followQueue() {
    this.queue?.close();
    this.queue = follow({
      open: (_, signal) => this.desk.api.stream("/v1/desk/stream", null, signal),
      onFrame: (frame) => {
        if (frame.event === "row") this.desk.rowChanged(JSON.parse(frame.data));
      },
      onLink: (link) => {
        this.desk.store.set({ link });
        if (link === "live") this.desk.loadRows().catch(() => {});
      },
      gone: isGone,
    });
  }

  /** Follows one conversation after an event that is already here. @param {string} id @param {number} after */
  followThread(id, after) {
    this.thread?.close();
    this.thread = follow({
      open: (lastId, signal) => this.desk.api.stream(`${path(id)}/stream?after=${lastId ?? after}`, lastId, signal),
      onFrame: (frame) => this.take(id, frame),
      onLink: (link) => this.desk.store.setThread(id, () => ({ link })),
      gone: isGone,
    });
  }

  leaveThread() {
    this.thread?.close();
    this.thread = null;
  }

  stop() {
    this.leaveThread();
    this.queue?.close();
    this.queue = null;
  }

  /** The network is back: try now. */
  nudge() {
    this.queue?.nudge();
    this.thread?.nudge();
  }

  /** One frame of the open conversation. @param {string} id @param {Frame} frame */
  take(id, frame) {
    const data = JSON.parse(frame.data);
    if (frame.event === "event") this.desk.eventArrived(id, data);
    else if (frame.event === "state") this.desk.conversationChanged(id, data);
    else if (frame.event === "typing") this.typing(id, data);
    else if (frame.event === "delta") this.delta(id, data);
  }

  /** @param {string} id @param {{by: string, name?: string}} data */
  typing(id, data) {
    const typing = { ...data, until: Date.now() + TYPING_FADES_MS };
    this.desk.store.setThread(id, () => ({ typing }));
    setTimeout(() => {
      this.desk.store.setThread(id, (thread) => (thread.typing === typing ? { typing: null } : {}));
    }, TYPING_FADES_MS);
  }

  /** @param {string} id @param {{turn: string, text: string}} data */
  delta(id, data) {
    this.desk.store.setThread(id, ({ delta, events }) => {
      // A delta that comes after its finished reply (a reconnect) has nothing to add.
      if (events.some((event) => event.data?.turn === data.turn)) return {};
      return { delta: { turn: data.turn, text: (delta?.turn === data.turn ? delta.text : "") + data.text } };
    });
  }
}

/** Signed out, or no such conversation: trying again will not help. @param {unknown} error */
const isGone = (error) => error instanceof ApiError && [401, 403, 404].includes(error.status);
