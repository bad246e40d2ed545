/**
 * Dialogs: shortcuts, a clause, a picture, "close this conversation?". Native ones, which keep the focus inside,
 * close on Esc and give the focus back.
 */

import { button, fill, h, icon } from "./dom.js";
import { day } from "./format.js";
import { prefer, preference } from "./keep.js";
import { named, say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").Clause} Clause */
/** @typedef {import("./dom.js").Child} Child */

/**
 * @param {string} title
 * @param {Child[]} body
 * @param {string} [kind] a class of its own
 */
function showDialog(title, body, kind = "") {
  const close = () => element.close();
  const heading = h("h2", { id: "dialog-title" }, title);
  const shut = button(t("done"), close, { class: "quiet square", icon: icon("close"), hint: "Esc" });
  const element = h("dialog", { class: `dialog ${kind}`, "aria-labelledby": "dialog-title" });
  element.append(h("div", { class: "dialog-head" }, heading, shut), h("div", { class: "dialog-body" }, body));
  element.addEventListener("close", () => element.remove());
  element.addEventListener("click", (event) => event.target === element && close());
  document.body.append(element);
  element.showModal();
  return element;
}

/** The desk's shortcuts. */
export function showHelp() {
  const keys = /** @type {const} */ ([
    ["j k", "keyMove"],
    ["Enter", "keyOpen"],
    ["t", "keyTake"],
    ["r", "keyReply"],
    ["n", "keyNote"],
    ["h", "keyHandBack"],
    ["x", "keyClose"],
    ["1 2 3 4", "keyTabs"],
    ["c", "keyCopilot"],
    ["d", "keySide"],
    ["Tab", "keyInsert"],
    ["Esc", "keyEsc"],
    ["?", "keyHelp"],
  ]);
  const caps = (/** @type {string} */ text) => text.split(" ").map((key) => h("kbd", {}, key));
  const list = keys.map(([key, word]) => [h("dt", {}, caps(key)), h("dd", {}, t(word))]).flat();
  const input = h("input", { type: "checkbox", checked: preference("shortcuts", true) });
  input.addEventListener("change", () => prefer("shortcuts", input.checked));
  const option = h("label", { class: "option" }, input, t("shortcutsOn"));
  showDialog(t("help"), [h("dl", { class: "keys" }, list), h("p", { class: "faint" }, t("helpNote")), option]);
}

/** A clause with its version and dates. @param {Desk} desk @param {string} id such as `consumer-law#25` */
export async function showClause(desk, id) {
  const body = h("div", { "aria-live": "polite" }, h("p", { class: "faint" }, t("loading")));
  const dialog = showDialog(t("clause"), [body], "clause");
  try {
    const clause = await desk.api.clause(id);
    fill(/** @type {Element} */ (dialog.querySelector("h2")), say(clause.title));
    fill(body, clauseWords(clause));
  } catch {
    fill(body, h("p", { class: "bad" }, t("clauseFailed")), h("p", { class: "mono faint" }, id));
  }
}

/** @param {Clause} clause */
function clauseWords(clause) {
  const { from, to } = clause.in_force ?? {};
  const force = from ? t(to ? "inForceTo" : "inForce", { from: day(from), to: to ? day(to) : "" }) : "";
  const facts = [clause.rank && named("rank", clause.rank), clause.version && t("version", { version: clause.version }), force];
  return [
    h("p", { class: "faint" }, say(clause.document)),
    h("p", { class: "clause-text" }, say(clause.text)),
    h("p", { class: "faint" }, facts.filter(Boolean).join(" · ")),
    h("p", { class: "faint" }, [say(clause.source), clause.id].filter(Boolean).join(" · ")),
  ];
}

/** A picture in full. @param {string} url an object URL */
export function showPicture(url) {
  showDialog(t("picture"), [h("img", { src: url, alt: t("picture") })], "picture");
}

/** Asks before a conversation is closed. @param {Desk} desk */
export function askToClose(desk) {
  if (!desk.openIsMine()) return;
  const yes = button(t("closeYes"), () => {
    dialog.close();
    void desk.close();
  }, { class: "danger" });
  const no = button(t("cancel"), () => dialog.close(), { class: "plain" });
  const dialog = showDialog(t("closeAsk"), [h("p", {}, t("closeText")), h("div", { class: "dialog-foot" }, no, yes)]);
  yes.focus();
}
