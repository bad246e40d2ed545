/** The wire: the buyer's routes as methods, refusals as `ApiError`, and the stream of events that comes back after every cut. */

/** @typedef {import("../shared/contract.js").Conversation} Conversation */
/** @typedef {import("../shared/contract.js").Event} Event */
/** @typedef {import("../shared/contract.js").Answer} Answer */

/**
 * The server's refusal (`status` 4xx or 5xx), or no server at all (`status` 0).
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** True when the same request may succeed later: no network, overload, a fault of the server. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Longer than the slowest answer; a request without any answer would hold up the queue of messages. */
const PATIENCE_MS = 20_000;

/**
 * Fetch that turns every failure into an `ApiError`.
 * @param {string} url
 * @param {RequestInit} init
 */
async function request(url, init) {
  let response;
  try {
    response = await fetch(url, { credentials: "omit", ...init });
  } catch (error) {
    throw new ApiError(0, String(error));
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new ApiError(response.status, body.error?.message ?? response.statusText);
}

/** The API at one address for one buyer. */
export class Client {
  /**
   * @param {string} base address of the API, without a slash at the end; "" is the page's own
   * @param {string} token
   */
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  fetch(path, init) {
    const headers = { Authorization: `Bearer ${this.token}`, ...init?.headers };
    return request(this.base + path, { ...init, headers });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>} the answer's JSON, or null where it has none
   */
  async call(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await this.fetch(path, { method, headers, signal, body: body === undefined ? null : JSON.stringify(body) });
    return response.status === 204 ? null : response.json();
  }

  /**
   * Opens a conversation, or resumes the open one.
   * @param {{language?: string, page?: {order_id?: string, url?: string}}} about
   * @returns {Promise<Conversation>}
   */
  openConversation(about) {
    return this.call("POST", "/v1/conversations", about);
  }

  /**
   * @param {string} id
   * @returns {Promise<{events: Event[], last_seq: number}>}
   */
  events(id) {
    return this.call("GET", `/v1/conversations/${id}/events?after=0`);
  }

  /**
   * @param {string} id
   * @param {{client_id: string, text: string, answer?: Answer, attachments?: string[]}} message
   * @returns {Promise<{event: Event}>}
   */
  send(id, message) {
    return this.call("POST", `/v1/conversations/${id}/messages`, message);
  }

  /** @param {string} id */
  typing(id) {
    return this.call("POST", `/v1/conversations/${id}/typing`);
  }

  /**
   * @param {string} id
   * @param {File} file
   * @returns {Promise<import("../shared/contract.js").Attachment>}
   */
  async upload(id, file) {
    const body = new FormData();
    body.append("file", file);
    const response = await this.fetch(`/v1/conversations/${id}/attachments`, { method: "POST", body });
    return response.json();
  }

  /**
   * A picture as a blob URL: pictures are behind the buyer's token, so `src` can't fetch them.
   * @param {string} id
   */
  async picture(id) {
    const response = await this.fetch(`/v1/attachments/${encodeURIComponent(id)}`);
    return URL.createObjectURL(await response.blob());
  }

  /**
   * @param {string} id
   * @returns {Promise<Conversation>}
   */
  person(id) {
    return this.call("POST", `/v1/conversations/${id}/person`);
  }

  /**
   * @param {string} id
   * @param {number} stars
   * @param {string} comment
   */
  rate(id, stars, comment) {
    return this.call("POST", `/v1/conversations/${id}/rating`, comment ? { stars, comment } : { stars });
  }

  /**
   * @param {string} id
   * @param {"confirm" | "refuse"} decision
   * @returns {Promise<{receipt: object | null} | undefined>}
   */
  settle(id, decision) {
    return this.call("POST", `/v1/proposals/${encodeURIComponent(id)}/${decision}`);
  }

  /**
   * @param {string} id
   * @param {string} lang
   * @returns {Promise<import("../shared/contract.js").Case>}
   */
  case(id, lang) {
    return this.call("GET", `/v1/cases/${encodeURIComponent(id)}?lang=${lang}`);
  }

  /**
   * The buyer's own step in a case; the same `client_id` again changes nothing.
   * @param {string} id
   * @param {{client_id: string, action: "ship" | "confirm_received", tracking_number?: string}} step
   */
  actOnCase(id, step) {
    return this.call("POST", `/v1/cases/${encodeURIComponent(id)}/actions`, step);
  }

  /**
   * @param {string} id
   * @param {string} lang
   * @returns {Promise<import("../shared/contract.js").Clause>}
   */
  clause(id, lang) {
    return this.call("GET", `/v1/clauses/${encodeURIComponent(id)}?lang=${lang}`);
  }

  /**
   * Opens the stream of events after `after`; the caller reads its body.
   * @param {string} id
   * @param {number} after
   * @param {AbortSignal} signal
   */
  stream(id, after, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    return this.fetch(`/v1/conversations/${id}/stream?after=${after}`, { headers, signal, cache: "no-store" });
  }
}

/** @typedef {{id: string, event: string, data: string}} Frame */

/**
 * A parser of the event-stream format (WHATWG HTML, 9.2.6): feed it text as it comes, it hands back whole frames.
 * Comments, such as the server's pings, make no frame.
 */
export function frameParser() {
  let rest = "";
  /**
   * @param {string} text
   * @returns {Frame[]}
   */
  return (text) => {
    const blocks = (rest + text).replace(/\r\n/g, "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(parseFrame).filter((frame) => frame.data !== "");
  };
}

/** @param {string} block @returns {Frame} */
function parseFrame(block) {
  const frame = { id: "", event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    if (name === "data") frame.data += (frame.data && "\n") + value;
    else if (name === "id" || name === "event") frame[name] = value;
  }
  return frame;
}

/** The server pings every 15 s; after this long without a byte the connection is dead, whatever TCP says. */
const SILENCE_MS = 40_000;
const FIRST_DELAY_MS = 800;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before try number `tries` (from 1): doubling, with jitter so that a restarted server is not
 * met by all its widgets at once.
 * @param {number} tries
 * @param {number} chance from 0 to 1
 */
export const backoff = (tries, chance) => Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1)) * (0.5 + chance / 2);

/**
 * @typedef {object} StreamHandlers
 * @property {(signal: AbortSignal) => Promise<Response>} connect opens the stream after the last event seen
 * @property {(frame: Frame) => void} onFrame
 * @property {(online: boolean) => void} onChange
 * @property {(error: ApiError) => void} onRefused the server's final no: the stream has stopped
 */

/**
 * Waits for news of a connection, and gives the connection up when none comes.
 * @template T
 * @param {Promise<T>} news
 * @param {AbortController} connection
 */
function patiently(news, connection) {
  const silence = setTimeout(() => connection.abort(), SILENCE_MS);
  return news.finally(() => clearTimeout(silence));
}

/** A stream that stays open: it reads, and connects again after every cut until it is stopped. */
export class Stream {
  #stopped = false;
  #tries = 0;
  /** @type {AbortController | null} */ #connection = null;
  /** @type {() => void} */ #wake = () => {};

  /** @param {StreamHandlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /** Connects and keeps connecting; resolves once stopped or refused for good. */
  async run() {
    while (!this.#stopped) {
      const refusal = await this.#once();
      if (this.#stopped) return;
      this.handlers.onChange(false);
      if (refusal && !refusal.passing) return this.handlers.onRefused(refusal);
      await this.#pause(backoff(++this.#tries, Math.random()));
    }
  }

  /** Connects now instead of at the end of the pause. */
  retryNow() {
    this.#wake();
  }

  /** Ends the stream for good. */
  stop() {
    this.#stopped = true;
    this.#connection?.abort();
    this.#wake();
  }

  /** @returns {Promise<ApiError | null>} */
  async #once() {
    const connection = new AbortController();
    this.#connection = connection;
    try {
      const response = await patiently(this.handlers.connect(connection.signal), connection);
      this.#tries = 0;
      this.handlers.onChange(true);
      await this.#read(response, connection);
      return null;
    } catch (error) {
      return error instanceof ApiError ? error : null;
    } finally {
      connection.abort();
    }
  }

  /**
   * @param {Response} response
   * @param {AbortController} connection
   */
  async #read(response, connection) {
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    const decoder = new TextDecoder();
    const parse = frameParser();
    for (;;) {
      const { done, value } = await patiently(reader.read(), connection);
      if (done) return;
      for (const frame of parse(decoder.decode(value, { stream: true }))) this.handlers.onFrame(frame);
    }
  }

  /** @param {number} ms */
  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => (clearTimeout(timer), resolve(undefined));
    });
  }
}
