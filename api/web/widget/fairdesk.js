/**
 * Fairdesk's widget, in one script tag:
 *
 *   <script type="module" src="https://desk.example/widget/fairdesk.js"
 *           data-api="https://desk.example" data-token="…" data-lang="zh" data-theme="auto"></script>
 *
 * `data-api` defaults to where the script came from, `data-lang` to the page's language; `data-order` names the
 * order that the page is about. The page may then use `window.Fairdesk`, and hear `fairdesk:token-expired` and
 * `fairdesk:language` on `window`. Colours can be changed by custom properties on `fairdesk-widget`.
 */

import { FairdeskWidget } from "./element.js";

/** A module has no `document.currentScript`; its own address finds the tag. */
const tag = [...document.querySelectorAll("script[type=module]")].find(
  (script) => script instanceof HTMLScriptElement && script.src === import.meta.url,
);
const data = tag instanceof HTMLElement ? tag.dataset : {};
const lang = (data.lang || document.documentElement.lang || navigator.language).startsWith("en") ? "en" : "zh";

customElements.define("fairdesk-widget", FairdeskWidget);
const widget = new FairdeskWidget();
widget.dataset.theme = data.theme ?? "auto";
const api = (data.api || new URL(import.meta.url).origin).replace(/\/$/, "");
document.body.append(widget);
await widget.start({ api, token: data.token ?? "", lang, order: data.order }).catch(() => widget.remove());

/** What a page can do with the widget. */
const Fairdesk = {
  /**
   * Opens the panel, about an order and with a first draft of the message if given.
   * @param {{order?: string, text?: string}} [about]
   */
  open({ order, text } = {}) {
    if (order) widget.setOrder(order);
    widget.toggle(true);
    if (text) widget.write(text);
  },
  close: () => widget.toggle(false),
  /** Another buyer signed in, or with "" the buyer signed out. @param {string} token */
  identify: (token) => widget.identify(token),
  /** The same buyer's fresh token, after `fairdesk:token-expired`. @param {string} token */
  renew: (token) => widget.renew(token),
  /** @param {"zh" | "en"} language */
  setLanguage: (language) => widget.setLanguage(language),
  /** @param {"light" | "dark" | "auto"} theme */
  setTheme: (theme) => (widget.dataset.theme = theme),
};

Object.assign(window, { Fairdesk });
window.dispatchEvent(new Event("fairdesk:ready"));
