/** `<fairdesk-widget>`: the launcher, the panel and the session behind them, inside a shadow root. */

import { rankName } from "./cards.js";
import { composerView } from "./composer.js";
import { h } from "./dom.js";
import { closingView, dialogView, headerView, launcherView, trapTab } from "./frame.js";
import { logView } from "./log.js";
import { caseCard, clauseText } from "./records.js";
import { Session } from "./session.js";
import { Client } from "./wire.js";

/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("./words/zh.js").Words} Words */

/**
 * @typedef {object} Settings
 * @property {string} api address of the API, without a slash at the end
 * @property {string} token the buyer's token, minted by the shop
 * @property {import("../shared/contract.js").Lang} lang
 * @property {string} [order] the order that the page is about
 */

const PHONE = "(max-width: 480px)";
const STYLES = ["../shared/tokens.css", "./widget.css"];

/** The widget on a page. It shows itself once `start` has the words and the styles. */
export class FairdeskWidget extends HTMLElement {
  /** @type {Settings} */ settings = { api: "", token: "", lang: "zh" };
  session = this.#newSession();
  #open = false;
  #dirty = false;
  /** @type {ReturnType<typeof drawParts> | null} */ #parts = null;

  /** Connects right away only for a buyer who has a conversation to hear from. @param {Settings} settings */
  async start(settings) {
    const root = this.attachShadow({ mode: "open" });
    // Without its styles the widget would lie across the page as raw text, so it stays out of sight until they are here.
    this.hidden = true;
    const styled = STYLES.map((path) => new Promise((resolve) => {
      root.append(h("link", { rel: "stylesheet", href: new URL(path, import.meta.url).href, onload: resolve }));
    }));
    this.settings = settings;
    this.identify(settings.token);
    if (settings.token && Session.isActive()) this.session.open();
    await this.#draw(settings.lang);
    await Promise.all(styled);
    this.hidden = false;
    setInterval(() => this.#open && this.#parts?.log.tick(), 1000);
    addEventListener("online", () => this.session.retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || (this.session.retryNow(), this.#refresh()));
  }

  #newSession() {
    const about = () => ({
      language: this.settings.lang,
      page: { url: location.origin + location.pathname, ...(this.settings.order && { order_id: this.settings.order }) },
    });
    return new Session(new Client(this.settings.api, this.settings.token), about, () => this.#later());
  }

  /** Another buyer: everything starts afresh. @param {string} token */
  identify(token) {
    this.session.end();
    this.settings.token = token;
    this.session = this.#newSession();
    if (this.#parts) this.#draw(this.settings.lang);
    if (this.#open) this.session.open();
  }

  /** The same buyer with a new token. @param {string} token */
  renew(token) {
    this.settings.token = token;
    this.session.renew(token);
  }

  /** @param {import("../shared/contract.js").Lang} lang */
  async setLanguage(lang) {
    if (lang === this.settings.lang) return;
    await this.#draw(lang);
    this.session.announce();
    this.dispatchEvent(new CustomEvent("fairdesk:language", { detail: { lang }, bubbles: true }));
  }

  /** The page is now about this order. @param {string} order */
  setOrder(order) {
    if (order === this.settings.order) return;
    this.settings.order = order;
    this.session.announce();
  }

  /** Many changes in one go, such as a history, are drawn once. */
  #later() {
    if (!this.#dirty) queueMicrotask(() => this.#refresh());
    this.#dirty = true;
  }

  #refresh() {
    this.#dirty = false;
    if (this.#open && !document.hidden) this.session.seen();
    const { state } = this.session;
    for (const view of this.#parts?.views ?? []) view.update(state);
    if (state.link === "refused") this.dispatchEvent(new CustomEvent("fairdesk:token-expired", { bubbles: true }));
  }

  /** Builds everything anew in a language; what was typed stays. @param {Settings["lang"]} lang */
  async #draw(lang) {
    const { words } = await import(`./words/${lang}.js`);
    this.settings.lang = lang;
    const written = this.#parts?.composer.text() ?? "";
    const parts = drawParts(this.#ui(words));
    parts.panel.lang = lang === "zh" ? "zh-CN" : "en";
    parts.panel.hidden = !this.#open;
    parts.panel.addEventListener("keydown", (event) => this.#key(event));
    for (const name of /** @type {const} */ (["dragover", "drop"])) parts.panel.addEventListener(name, (event) => this.#drag(event));
    this.#parts?.panel.remove();
    this.#parts?.launcher.node.remove();
    this.#parts = parts;
    this.shadowRoot?.append(parts.panel, parts.launcher.node);
    parts.composer.text(written);
    this.#refresh();
  }

  /** @param {Words} words @returns {Ui} */
  #ui(words) {
    const { session, settings } = this;
    return {
      lang: settings.lang,
      words,
      session,
      say: (text, answer) => (session.send(text, { answer }), this.#refocus()),
      refocus: () => this.#refocus(),
      toggle: (open) => this.toggle(open),
      isOpen: () => this.#open,
      switchLanguage: () => this.setLanguage(settings.lang === "zh" ? "en" : "zh"),
      openClause: (id) => this.#look(words.clause, session.client.clause(id, settings.lang), (clause, ui) => clauseText(clause, ui, rankName(clause.rank, ui))),
      openCase: (id) => this.#look(words.caseTitle, session.client.case(id, settings.lang), caseCard),
      choosePicture: (camera) => this.#parts?.composer.choose(camera),
      asset: (path) => assetUrl(path, settings.api),
    };
  }

  /**
   * Opens the dialog at once and fills it when the answer is here.
   * @template T
   * @param {string} title
   * @param {Promise<T>} answer
   * @param {(value: T, ui: Ui) => Node} draw
   */
  async #look(title, answer, draw) {
    const parts = this.#parts;
    const fill = parts?.dialog.open(title);
    if (!parts || !fill) return;
    fill(await answer.then((value) => draw(value, parts.ui), () => parts.ui.words.cantOpen));
  }

  /** @param {boolean} open */
  toggle(open) {
    const parts = this.#parts;
    if (!parts || open === this.#open) return;
    this.#open = open;
    parts.panel.hidden = !open;
    if (open) {
      this.session.open();
      this.#refocus();
    } else {
      parts.launcher.node.focus();
    }
    this.#refresh();
  }

  /** On a touch screen the keyboard would hide half of the conversation; it comes when the buyer taps. */
  #refocus() {
    if (matchMedia("(pointer: coarse)").matches) this.#parts?.log.focus();
    else this.#parts?.composer.focus();
  }

  /** Puts a draft into the composer. @param {string} text */
  write(text) {
    this.#parts?.composer.text(text);
    this.#parts?.composer.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { dialog, panel } = /** @type {ReturnType<typeof drawParts>} */ (this.#parts);
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (dialog.isOpen()) dialog.close();
      else this.toggle(false);
    } else if (matchMedia(PHONE).matches && !dialog.isOpen()) {
      trapTab(event, panel); // there the panel covers the page
    }
  }

  /** @param {DragEvent} event */
  #drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") this.#parts?.composer.add(event.dataTransfer.files);
  }
}

/** The views of one language, put together. @param {Ui} ui */
function drawParts(ui) {
  const launcher = launcherView(ui);
  const log = logView(ui);
  const composer = composerView(ui);
  const dialog = dialogView(ui.words);
  const [header, closing] = [headerView(ui), closingView(ui)];
  const panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "title" },
    header.node, log.node, composer.node, closing.node, dialog.node);
  return { ui, launcher, log, composer, dialog, panel, views: [launcher, header, log, composer, closing] };
}

/**
 * The address of a picture, if it is one that a page may load: http and https only.
 * @param {string} path
 * @param {string} api
 */
function assetUrl(path, api) {
  try {
    const url = new URL(path, new URL(`${api}/`, location.href));
    return /^https?:$/.test(url.protocol) ? url.href : null;
  } catch {
    return null; // not an address at all
  }
}
