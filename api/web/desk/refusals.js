/**
 * What the server refused, in words for people.
 */

import { ApiError } from "./api.js";
import { t } from "./words.js";

/** True when the conversation has moved on meanwhile. @param {unknown} error */
export const isConflict = (error) => error instanceof ApiError && error.status === 409;

/** What went wrong, as part of a sentence. Anything but a refusal is a bug of ours and goes on up. @param {unknown} error */
export function reason(error) {
  if (!(error instanceof ApiError)) throw error;
  return error.status === 0 ? t("unreachable") : error.message;
}
