/**
 * Where a person writes: a reply to the buyer or a note to colleagues. The copilot's suggestion can be put in,
 * to be edited; nothing is ever sent by itself.
 */

import { button, fill, h, icon, refill } from "./dom.js";
import { draft, keepDraft } from "./keep.js";
import { isMine, last, lastFromBuyer, MESSAGES, openRow } from "./state.js";
import { t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").DeskState} DeskState */
/** @typedef {import("./types.js").Mode} Mode */

/** @type {readonly Mode[]} */
const MODES = ["reply", "note"];

/** @param {Desk} desk */
export function composer(desk) {
  const box = new Composer(desk);
  desk.store.watch((state) => [state.openId, state.mode, state.thread?.status], () => box.load());
  desk.store.watch((state) => [state.mode, openRow(state), state.thread?.status], () => box.draw());
  desk.store.watch((state) => [state.mode, openRow(state), state.thread, state.copilot, state.pending], () => box.drawSuggestion());
  return box.element;
}

/**
 * Puts text where the cursor is, for the person to edit and send.
 *
 * @param {Desk} desk
 * @param {string} text
 */
export function insertText(desk, text) {
  desk.store.set({ mode: "reply" });
  setTimeout(() => {
    const box = /** @type {HTMLTextAreaElement|null} */ (document.querySelector(".composer textarea"));
    if (!box) return;
    const gap = box.value.slice(0, box.selectionStart).trim() ? "\n" : "";
    box.focus();
    box.setRangeText(gap + text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/**
 * The suggestion worth offering in the empty box: fresh, and nobody has answered the buyer since.
 *
 * @param {DeskState} state
 * @returns {string}
 */
export function offered(state) {
  const { thread } = state;
  const text = thread?.advice?.suggestion?.text;
  if (!thread || !text || !state.copilot || !isMine(openRow(state), state.staff)) return "";
  const said = last(thread.events, (event) => MESSAGES.has(event.kind));
  const fresh = thread.adviceFor >= lastFromBuyer(thread.events) && !state.pending.get(thread.id)?.length;
  return fresh && said?.kind !== "staff_message" ? unmarked(text) : "";
}

/** A suggestion without its citation marks, which mean nothing in a person's message. @param {string} text */
export const unmarked = (text) => text.replace(/\s*\[\d+\]/g, "");

/** The composer's parts and how they follow the state. */
class Composer {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** A suggestion that was put aside with Esc. */
    this.aside = "";
    this.box = h("textarea", { rows: 2, maxlength: 4000, onkeydown: (event) => this.key(/** @type {KeyboardEvent} */ (event)) });
    this.box.addEventListener("input", () => this.typed());
    this.modes = h("div", { class: "modes", role: "group", "aria-label": t("reply") });
    this.suggestion = h("div", { class: "suggestion", hidden: true });
    this.hint = h("span", { class: "faint composer-hint" });
    this.submit = h("button", { class: "primary", type: "submit" });
    const foot = h("div", { class: "composer-foot" }, this.modes, this.hint, this.submit);
    const onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.send();
    };
    this.element = h("form", { class: "composer", onsubmit }, this.suggestion, this.box, foot);
    addEventListener("fairdesk:draft", () => this.load());
  }

  get state() {
    return this.desk.state;
  }

  get mayReply() {
    return isMine(openRow(this.state), this.state.staff);
  }

  /** Brings the draft of this conversation and mode. */
  load() {
    const { openId, mode } = this.state;
    if (openId) this.box.value = draft(openId, mode);
    this.drawSuggestion();
  }

  draw() {
    const { mode } = this.state;
    const row = openRow(this.state);
    if (!row) return;
    this.element.dataset.mode = mode;
    const words = mode === "note" ? t("noteTo") : t("replyTo", { name: row.buyer.name });
    this.box.placeholder = words;
    this.box.setAttribute("aria-label", words);
    refill(this.modes, MODES.map((one) => this.modeButton(one)));
    const blocked = mode === "reply" && !this.mayReply;
    this.submit.disabled = blocked;
    fill(this.submit, icon(mode === "note" ? "note" : "send"), t(mode === "note" ? "addNote" : "send"));
    fill(this.hint, blocked ? t(row.owner === "closed" ? "closedNoReply" : "takeToReply") : t("sendHint"));
  }

  /** @param {Mode} mode */
  modeButton(mode) {
    const choose = () => {
      this.desk.store.set({ mode });
      this.box.focus();
    };
    return button(t(mode), choose, { class: "mode", hint: mode[0], "aria-pressed": String(this.state.mode === mode) });
  }

  /** The line above an empty box that offers the suggestion. */
  drawSuggestion() {
    const text = this.state.mode === "reply" && !this.box.value ? offered(this.state) : "";
    this.suggestion.hidden = !text || text === this.aside;
    if (this.suggestion.hidden) return fill(this.suggestion);
    const line = h("span", { class: "suggestion-text" }, h("b", {}, t("suggestionHint")), " ", text);
    const insert = button(t("insert"), () => insertText(this.desk, text), { class: "link", hint: "Tab" });
    const drop = button(t("dismiss"), () => this.putAside(), { class: "quiet square", icon: icon("close"), hint: "Esc" });
    fill(this.suggestion, icon("spark"), line, insert, drop);
  }

  putAside() {
    this.aside = offered(this.state);
    this.drawSuggestion();
    this.box.focus();
  }

  typed() {
    const { openId, mode } = this.state;
    if (openId) keepDraft(openId, mode, this.box.value);
    if (mode === "reply" && this.box.value) this.desk.typing();
    this.drawSuggestion();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    // While an input method composes, Enter chooses a word; 229 is how some browsers say so.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Tab" && !event.shiftKey && !this.suggestion.hidden) {
      event.preventDefault();
      insertText(this.desk, offered(this.state));
    } else if (event.key === "Escape" && !this.suggestion.hidden) {
      event.preventDefault();
      this.putAside();
    }
  }

  send() {
    const text = this.box.value.trim();
    if (!text) return;
    if (this.state.mode === "note") return void this.sendNote(text);
    if (!this.mayReply) return this.desk.say(t("takeToReply"), "info");
    this.clear();
    this.desk.reply(text);
  }

  /** The note stays in the box until the server has it. @param {string} text */
  async sendNote(text) {
    const { openId } = this.state;
    this.submit.disabled = true;
    const saved = await this.desk.note(text);
    this.draw();
    if (saved && openId) keepDraft(openId, "note", "");
    if (saved && openId === this.state.openId) this.load();
  }

  clear() {
    const { openId, mode } = this.state;
    if (openId) keepDraft(openId, mode, "");
    this.box.value = "";
    this.drawSuggestion();
  }
}
