/** Money, days and spans of time as people write them. Days are the platform's: Beijing time unless told otherwise. */

/** @typedef {import("../shared/contract.js").Lang} Lang */

const ZONE = "Asia/Shanghai";
const LOCALE = { zh: "zh-CN", en: "en-GB" };
const ISO = /^[A-Z]{3}$/;
const SYMBOL = /** @type {Record<string, string>} */ ({ CNY: "¥", USD: "$", EUR: "€" });

/**
 * Fen as an amount: 12999, "CNY" → "¥129.99". Integer arithmetic only, so no cent is lost to rounding.
 * @param {number} fen
 * @param {string} currency
 */
export function money(fen, currency) {
  const digits = ISO.test(currency) ? new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2 : 2;
  const text = (Math.abs(fen) / 10 ** digits).toFixed(digits).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
  return `${fen < 0 ? "−" : ""}${SYMBOL[currency] ?? `${currency} `}${text}`;
}

/**
 * @param {string} iso
 * @param {Lang} lang
 * @param {Intl.DateTimeFormatOptions} options
 */
function written(iso, lang, options) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : new Intl.DateTimeFormat(LOCALE[lang], { timeZone: ZONE, ...options }).format(at);
}

/** @param {string} iso @param {Lang} lang */
export const clockTime = (iso, lang) => written(iso, lang, { hour: "2-digit", minute: "2-digit", hour12: false });

/** @param {string} iso @param {Lang} lang */
export const date = (iso, lang) => written(iso, lang, { year: "numeric", month: "short", day: "numeric" });

/** @param {string} iso @param {Lang} lang */
export const dateTime = (iso, lang) =>
  written(iso, lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

/**
 * The calendar day that a moment falls on, as a key that compares.
 * @param {string | number} at
 */
export const dayKey = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(at));

/**
 * A day as a separator in the log: today, yesterday, or its date.
 * @param {string} iso
 * @param {number} now milliseconds
 * @param {Lang} lang
 * @param {{today: string, yesterday: string}} names
 */
export function dayName(iso, now, lang, names) {
  if (dayKey(iso) === dayKey(now)) return names.today;
  if (dayKey(iso) === dayKey(now - 86_400_000)) return names.yesterday;
  return written(iso, lang, { month: "long", day: "numeric", weekday: "short" });
}

/**
 * What is left of a countdown, "14:05" or "1:02:09".
 * @param {number} ms
 */
export function countdown(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  return [...(seconds >= 3600 ? [Math.floor(seconds / 3600)] : []), ...parts].join(":");
}

/**
 * A waiting time in whole minutes, rounded up: people forgive early, not late.
 * @param {number} seconds
 * @param {Lang} lang
 */
export function minutes(seconds, lang) {
  const count = Math.max(1, Math.ceil(seconds / 60));
  return lang === "zh" ? `${count} 分钟` : `${count} min`;
}
