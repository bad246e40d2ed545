/**
 * Money, times and values as a person reads them. Times are shown in the platform's zone.
 */

import { language, t } from "./words.js";

const ZONE = "Asia/Shanghai";
const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");

/**
 * Fen as an amount of money.
 *
 * @param {number} fen
 * @param {string} [currency]
 */
export function money(fen, currency = "CNY") {
  const style = /** @type {const} */ ({ style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const format = new Intl.NumberFormat(locale(), style);
  return format.format(fen / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)); // a yen has no cents
}

/**
 * @param {string} iso
 * @param {Intl.DateTimeFormatOptions} options
 */
function dateText(iso, options) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }).format(at);
}

/** The time of day, `14:05`. @param {string} iso */
export const clock = (iso) => dateText(iso, { hour: "2-digit", minute: "2-digit", hour12: false });

/** The day, without the time. @param {string} iso */
export const day = (iso) => dateText(iso, { year: "numeric", month: "short", day: "numeric" });

/** Day and time. @param {string} iso */
export const moment = (iso) =>
  dateText(iso, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

/**
 * A day's heading in the log: today, yesterday or the date.
 *
 * @param {string} iso
 * @param {number} now milliseconds
 */
export function dayHeading(iso, now) {
  const heading = day(iso);
  if (heading === day(new Date(now).toISOString())) return t("today");
  if (heading === day(new Date(now - 86_400_000).toISOString())) return t("yesterday");
  return heading;
}

/**
 * A wait, short enough for a column: `0:07`, `12:30`, `3h 05m`, `2d 4h`.
 *
 * @param {number} milliseconds
 */
export function wait(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [seconds / 60, seconds / 3600, seconds / 86_400].map(Math.floor);
  if (days) return `${days}d ${hours % 24}h`;
  if (hours) return `${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A probability as a percentage. @param {number} probability from 0 to 1 */
export const percent = (probability) => `${Math.round(probability * 100)}%`;

/**
 * Any value of a fact as text.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function plain(value) {
  if (value === null || value === undefined) return "—";
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
