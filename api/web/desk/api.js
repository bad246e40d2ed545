/**
 * The desk's half of the HTTP contract: one method a route, errors as one type.
 */

/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Owner} Owner */
/** @typedef {import("./types.js").Conversation} Conversation */
/** @typedef {import("./types.js").DeskEvent} DeskEvent */
/** @typedef {import("./types.js").Briefing} Briefing */
/** @typedef {import("./types.js").Advice} Advice */
/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Clause} Clause */
/** @typedef {import("./types.js").Session} Session */
/** @typedef {{conversation: Conversation, row: Row, briefing: Briefing|null, events: DeskEvent[]}} Whole */

const TIMEOUT_MS = 15_000;

/** What the server refused, or status 0 when it could not be reached. `message` is the server's, for people. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** True when the same request may succeed later: not reached, too many, or the server's own trouble. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The server, as a signed-in (or not yet signed-in) member of staff sees it. */
export class Api {
  /**
   * @param {string} base where `/v1` lives; empty for the page's own origin
   * @param {() => string} language asked for with whatever carries words
   */
  constructor(base, language) {
    this.base = base;
    this.language = language;
    this.token = "";
    /** Milliseconds that the server's clock is ahead of this machine's, so that waiting times are true. */
    this.skew = 0;
    /** Called when the server no longer knows the token. */
    this.onSignedOut = () => {};
  }

  /**
   * @param {string} name
   * @param {string} password
   * @returns {Promise<Session>}
   */
  login(name, password) {
    return this.post("/v1/staff/login", { name, password });
  }

  /** True when the server runs the demo, whose sign-in may be shown. */
  async isDemo() {
    return this.get("/v1/demo/buyers").then(() => true, () => false);
  }

  /**
   * @param {Owner} owner
   * @returns {Promise<Row[]>}
   */
  async rows(owner) {
    return (await this.get(`/v1/desk/conversations?owner=${owner}`)).conversations;
  }

  /**
   * @param {string} id
   * @returns {Promise<Whole>}
   */
  conversation(id) {
    return this.get(`${desk(id)}?lang=${this.language()}`);
  }

  /**
   * @param {string} id
   * @param {"take"|"hand-back"|"close"} verb
   * @returns {Promise<Conversation>}
   */
  act(id, verb) {
    return this.post(`${desk(id)}/${verb}`);
  }

  /**
   * @param {string} id
   * @param {string} clientId the same id again does nothing twice
   * @param {string} text
   * @returns {Promise<DeskEvent>}
   */
  async send(id, clientId, text) {
    return (await this.post(`${desk(id)}/messages`, { client_id: clientId, text })).event;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @returns {Promise<DeskEvent>}
   */
  async note(id, text) {
    return (await this.post(`${desk(id)}/notes`, { text })).event;
  }

  /** @param {string} id */
  typing(id) {
    return this.post(`${desk(id)}/typing`);
  }

  /**
   * @param {string} id
   * @returns {Promise<Advice>}
   */
  copilot(id) {
    return this.get(`${desk(id)}/copilot?lang=${this.language()}`);
  }

  /**
   * @param {string} buyer
   * @returns {Promise<Order[]>}
   */
  async orders(buyer) {
    return (await this.get(`/v1/desk/orders?buyer=${encodeURIComponent(buyer)}&lang=${this.language()}`)).orders;
  }

  /**
   * What facts are called in both languages, by their keys.
   *
   * @returns {Promise<Record<string, import("./types.js").FactLabel>>}
   */
  async facts() {
    return (await this.get("/v1/desk/facts")).facts;
  }

  /**
   * @param {string} id such as `consumer-law#25`
   * @returns {Promise<Clause>}
   */
  clause(id) {
    return this.get(`/v1/clauses/${encodeURIComponent(id)}?lang=${this.language()}`);
  }

  /**
   * A picture as an object URL; pictures need the token, so `src` alone cannot load them.
   *
   * @param {string} id
   */
  async picture(id) {
    const response = await this.request(`/v1/attachments/${encodeURIComponent(id)}`);
    return URL.createObjectURL(await response.blob());
  }

  /**
   * Opens an event stream.
   *
   * @param {string} path
   * @param {string|null} lastId
   * @param {AbortSignal} signal
   */
  stream(path, lastId, signal) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "text/event-stream" };
    if (lastId !== null) headers["Last-Event-ID"] = lastId;
    return this.request(path, { headers, signal, cache: "no-store" });
  }

  /** @param {string} path @returns {Promise<any>} */
  async get(path) {
    const response = await this.request(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.json();
  }

  /** @param {string} path @param {object} [body] @returns {Promise<any>} */
  async post(path, body) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { "Content-Type": "application/json" };
    const sent = body ? { body: JSON.stringify(body), headers } : {};
    const response = await this.request(path, { method: "POST", signal, ...sent });
    return response.status === 204 ? null : response.json();
  }

  /**
   * One request with the token; throws ApiError for whatever is not a success.
   *
   * @param {string} path
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  async request(path, init = {}) {
    const headers = new Headers(init.headers);
    const token = this.token;
    if (token) headers.set("Authorization", `Bearer ${token}`);
    const response = await fetch(this.base + path, { ...init, headers }).catch((error) => {
      throw new ApiError(0, "unreachable", String(error?.message ?? error));
    });
    this.noteClock(response);
    if (response.ok) return response;
    const refused = await refusal(response);
    // A late answer to a token that has since been replaced signs nobody out.
    if (refused.status === 401 && token && token === this.token) this.onSignedOut();
    throw refused;
  }

  /** @param {Response} response */
  noteClock(response) {
    const theirs = Date.parse(response.headers.get("Date") ?? "");
    // The header counts whole seconds: less than two of them is not a difference.
    if (!Number.isNaN(theirs)) this.skew = Math.abs(theirs - Date.now()) < 2000 ? 0 : theirs - Date.now();
  }
}

/** The picture's id inside a contract URL such as `/v1/attachments/a1`, or the id as given.
 *
 * @param {{id?: string, url?: string}} attachment
 */
export function pictureId(attachment) {
  return attachment.id ?? attachment.url?.split("/").pop() ?? "";
}

/** @param {string} id */
export function desk(id) {
  return `/v1/desk/conversations/${encodeURIComponent(id)}`;
}

/**
 * @param {Response} response
 * @returns {Promise<ApiError>}
 */
async function refusal(response) {
  const body = await response.json().catch(() => null);
  const error = body?.error ?? {};
  return new ApiError(response.status, String(error.code ?? ""), String(error.message ?? response.statusText));
}
