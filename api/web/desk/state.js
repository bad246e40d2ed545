/**
 * The desk's state, and how rows, conversations and events change it: plain functions over plain values.
 */

/** @typedef {import("./types.js").DeskState} DeskState */
/** @typedef {import("./types.js").Thread} Thread */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Tab} Tab */
/** @typedef {import("./types.js").Staff} Staff */
/** @typedef {import("./types.js").Conversation} Conversation */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */
/** @typedef {import("./types.js").Pending} Pending */

/** @type {readonly Tab[]} */
export const TABS = ["waiting", "mine", "assistant", "closed"];

/** The kinds of event that somebody says. */
export const MESSAGES = new Set(["buyer_message", "assistant_reply", "staff_message"]);

/** @returns {DeskState} */
export function emptyState() {
  return {
    staff: null,
    rows: new Map(),
    rowsLoaded: false,
    tab: "waiting",
    openId: null,
    thread: null,
    pending: new Map(),
    seen: new Map(),
    link: "connecting",
    online: navigator.onLine,
    notice: null,
    mode: "reply",
    side: true,
    copilot: true,
    busy: false,
  };
}

/** Holds the state and tells whoever watches a part of it, once for each burst of changes. */
export class Store {
  /** @param {DeskState} state */
  constructor(state) {
    this.state = state;
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    this.telling = false;
  }

  /** @param {Partial<DeskState>} patch */
  set(patch) {
    this.state = { ...this.state, ...patch };
    if (this.telling) return;
    this.telling = true;
    queueMicrotask(() => {
      this.telling = false;
      for (const tell of [...this.watchers]) tell();
    });
  }

  /**
   * Calls `draw` now, and again whenever one of the selected values is another.
   *
   * @param {(state: DeskState) => unknown[]} select
   * @param {(state: DeskState) => void} draw
   */
  watch(select, draw) {
    let before = select(this.state);
    draw(this.state);
    this.watchers.add(() => {
      const now = select(this.state);
      if (now.every((value, index) => Object.is(value, before[index]))) return;
      before = now;
      draw(this.state);
    });
  }

  /** Forgets all watchers: the page is drawn anew. */
  unwatch() {
    this.watchers.clear();
  }

  /**
   * Changes the open conversation, if it is still the one meant.
   *
   * @param {string} id
   * @param {(thread: Thread) => Partial<Thread>} change
   */
  setThread(id, change) {
    const { thread } = this.state;
    if (thread?.id === id) this.set({ thread: { ...thread, ...change(thread) } });
  }

  /**
   * @param {string} id
   * @param {(pending: Pending[]) => Pending[]} change
   */
  setPending(id, change) {
    const pending = new Map(this.state.pending);
    pending.set(id, change(pending.get(id) ?? []));
    this.set({ pending });
  }
}

/**
 * @param {string} id
 * @returns {Thread}
 */
export function emptyThread(id) {
  return {
    id,
    status: "loading",
    conversation: null,
    briefing: null,
    events: [],
    typing: null,
    delta: null,
    link: "connecting",
    advice: null,
    adviceFor: 0,
    adviceStatus: "idle",
    orders: null,
  };
}

/**
 * The tab that a conversation belongs under. People's conversations, colleagues' too, are under "mine".
 *
 * @param {Row} row
 * @returns {Tab}
 */
export function tabOf(row) {
  return /** @type {const} */ ({ queued: "waiting", human: "mine", assistant: "assistant", closed: "closed" })[row.owner];
}

/**
 * True when this member of staff is the one answering.
 *
 * @param {Row|undefined|null} row
 * @param {Staff|null} staff
 */
export function isMine(row, staff) {
  return Boolean(row && staff && row.owner === "human" && row.agent?.id === staff.id);
}

/**
 * The rows of a tab in the order that they should be worked: one's own before colleagues', then urgency and the
 * longest wait; conversations that nobody waits for, latest first.
 *
 * @param {DeskState} state
 * @param {Tab} [tab]
 * @returns {Row[]}
 */
export function rowsIn(state, tab = state.tab) {
  const rows = [...state.rows.values()].filter((row) => tabOf(row) === tab);
  const latest = (/** @type {Row} */ a, /** @type {Row} */ b) => b.last_at.localeCompare(a.last_at);
  if (tab === "mine") return rows.sort((a, b) => rank(a, state.staff) - rank(b, state.staff) || latest(a, b));
  if (tab !== "waiting") return rows.sort(latest);
  return rows.sort((a, b) => a.priority - b.priority || waitingFrom(a).localeCompare(waitingFrom(b)));
}

/** @param {Row} row @param {Staff|null} staff */
const rank = (row, staff) => (isMine(row, staff) ? 0 : 1);

/** @param {Row} row */
const waitingFrom = (row) => row.waiting_since ?? row.last_at;

/**
 * How many conversations a tab counts: one's own only under "mine".
 *
 * @param {DeskState} state
 * @param {Tab} tab
 */
export function countIn(state, tab) {
  const rows = rowsIn(state, tab);
  return tab === "mine" ? rows.filter((row) => isMine(row, state.staff)).length : rows.length;
}

/**
 * True when somebody waits for a person here and something came since it was last looked at.
 *
 * @param {DeskState} state
 * @param {Row} row
 */
export function isUnread(state, row) {
  if (row.owner !== "queued" && !isMine(row, state.staff)) return false;
  if (row.id === state.openId) return false;
  return (state.seen.get(row.id) ?? "") < row.last_at;
}

/**
 * A row after what the conversation itself says of its owner, which may come before the queue's own news.
 *
 * @param {Row} row
 * @param {Conversation} conversation
 * @param {Staff|null} staff
 * @returns {Row}
 */
export function rowAfter(row, conversation, staff) {
  const { owner, agent } = conversation;
  if (owner !== "human" || !agent) return { ...row, owner, agent: null };
  if (agent.id) return { ...row, owner, agent: { id: agent.id, name: agent.name } };
  // Without an id the name decides, until the queue's own news says better.
  if (row.owner === "human" && row.agent) return row;
  const mine = staff !== null && staff.name === agent.name;
  return { ...row, owner, agent: { id: mine ? staff.id : "", name: agent.name } };
}

/**
 * The log with one more event; an event that is already there changes nothing.
 *
 * @param {DeskEvent[]} events in order of seq
 * @param {DeskEvent} event
 * @returns {DeskEvent[]}
 */
export function withEvent(events, event) {
  if (events.some((known) => known.seq === event.seq)) return events;
  return [...events, event].sort((a, b) => a.seq - b.seq);
}

/**
 * The seq of the last thing that the buyer did, or 0: advice computed before it is stale.
 *
 * @param {DeskEvent[]} events
 */
export function lastFromBuyer(events) {
  return last(events, (event) => event.actor === "buyer")?.seq ?? 0;
}

/**
 * The last event that passes a test.
 *
 * @param {DeskEvent[]} events
 * @param {(event: DeskEvent) => boolean} test
 */
export function last(events, test) {
  return [...events].reverse().find(test);
}

/** The row of the open conversation. @param {DeskState} state */
export const openRow = (state) => (state.openId ? state.rows.get(state.openId) : undefined);

/**
 * Messages still on their way that the log does not hold yet.
 *
 * @param {Pending[]} pending
 * @param {DeskEvent[]} events
 */
export function stillPending(pending, events) {
  const arrived = new Set(events.map((event) => event.data?.client_id));
  return pending.filter((message) => !arrived.has(message.clientId));
}
