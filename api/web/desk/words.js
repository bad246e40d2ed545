/**
 * The desk's own words in Chinese and English. Words of the conversation come from the server.
 */

import { EN } from "./words.en.js";
import { ZH } from "./words.zh.js";

/** @typedef {import("./types.js").Language} Language */
/** @typedef {import("./types.js").Words} Words */
/** @typedef {keyof typeof ZH} WordKey */

/** @type {Language} */
let current = "zh";

/** The language that the desk speaks now. */
export const language = () => current;

/**
 * Switches the desk's language; what is already drawn must be drawn again.
 *
 * @param {Language} next
 */
export function speak(next) {
  current = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

/**
 * The words for a key, with `{name}` places filled.
 *
 * @param {WordKey} key
 * @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  const words = (current === "zh" ? ZH : EN)[key];
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The word for one member of a family (`mood_angry`), or the bare name when the server knows one that we do not.
 *
 * @param {"mood"|"rank"|"owner"|"proposal"|"source"} family
 * @param {string} name
 */
export function named(family, name) {
  const key = `${family}_${name}`;
  return key in ZH ? t(/** @type {WordKey} */ (key)) : name;
}

/**
 * Words that may come in both languages, in the desk's.
 *
 * @param {Words} words
 * @returns {string}
 */
export function say(words) {
  if (!words) return "";
  return typeof words === "string" ? words : words[current] || words.zh || words.en || "";
}
