/**
 * What the desk keeps in the browser: the session and drafts for this tab, preferences for this machine.
 * Storage may be full or forbidden; then nothing is kept and nothing breaks.
 */

/** @typedef {import("./types.js").Session} Session */

const PREFIX = "fairdesk.desk.";
const SEEN_AT_MOST = 500;

/**
 * @param {Storage} storage
 * @param {string} name
 * @returns {any}
 */
function read(storage, name) {
  try {
    return JSON.parse(storage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {Storage} storage
 * @param {string} name
 * @param {unknown} value null forgets it
 */
function write(storage, name, value) {
  try {
    if (value === null) storage.removeItem(PREFIX + name);
    else storage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Full or forbidden: the desk works without it.
  }
}

/** The session of this tab, while it has not expired. @returns {Session|null} */
export function keptSession() {
  const session = read(sessionStorage, "session");
  return session && Date.parse(session.expires_at) > Date.now() ? session : null;
}

/** @param {Session|null} session */
export const keepSession = (session) => write(sessionStorage, "session", session);

/** @param {string} name @param {unknown} fallback @returns {any} */
export const preference = (name, fallback) => read(localStorage, name) ?? fallback;

/** @param {string} name @param {unknown} value */
export const prefer = (name, value) => write(localStorage, name, value);

/** A draft is what was typed and not sent, by conversation and by mode. @param {string} id @param {string} mode @returns {string} */
export const draft = (id, mode) => read(sessionStorage, `draft.${mode}.${id}`) ?? "";

/** @param {string} id @param {string} mode @param {string} text */
export const keepDraft = (id, mode, text) => write(sessionStorage, `draft.${mode}.${id}`, text || null);

/** What each member of staff has looked at, by conversation. @param {string} staff @returns {Map<string, string>} */
export const keptSeen = (staff) => new Map(Object.entries(read(localStorage, `seen.${staff}`) ?? {}));

/** @param {string} staff @param {Map<string, string>} seen */
export const keepSeen = (staff, seen) =>
  write(localStorage, `seen.${staff}`, Object.fromEntries([...seen].slice(-SEEN_AT_MOST)));
