/** The demo shop's page: a buyer's orders with the widget on it. One can be any of the buyers. */

import { h, icon } from "../widget/dom.js";
import { orderList } from "./orders.js";
import { wordsOf } from "./words.js";

/** @typedef {import("../shared/contract.js").Lang} Lang */
/** @typedef {import("../shared/contract.js").Buyer} Buyer */
/** @typedef {import("../shared/contract.js").Order} Order */

/**
 * What the widget gives the page.
 * @typedef {object} Fairdesk
 * @property {(about?: {order?: string, text?: string}) => void} open
 * @property {(token: string) => void} identify
 * @property {(token: string) => void} renew
 * @property {(lang: Lang) => void} setLanguage
 * @property {(theme: string) => void} setTheme
 */

const asked = new URLSearchParams(location.search);
const state = {
  lang: /** @type {Lang} */ (asked.get("lang") ?? localStorage.getItem("demo:lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en")),
  theme: asked.get("theme") ?? localStorage.getItem("demo:theme") ?? "auto",
  buyer: asked.get("buyer") ?? localStorage.getItem("demo:buyer") ?? "",
  token: "",
  /** @type {Buyer[]} */ buyers: [],
  /** @type {Order[]} */ orders: [],
};

/** The widget, once its script is here. */
const widget = () => /** @type {Fairdesk | undefined} */ (Reflect.get(window, "Fairdesk"));

/** @param {string} path @param {RequestInit} [init] */
async function get(path, init) {
  const response = await fetch(path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** @param {string} buyer @returns {Promise<string>} */
async function mint(buyer) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ buyer }) };
  return (await get("/v1/demo/token", init)).token;
}

async function loadOrders() {
  const headers = { Authorization: `Bearer ${state.token}` };
  state.orders = (await get(`/v1/orders?lang=${state.lang}`, { headers })).orders;
  draw();
}

/** Signs in as a buyer, in the page and in the widget. @param {string} buyer */
async function become(buyer) {
  state.buyer = buyer;
  localStorage.setItem("demo:buyer", buyer);
  state.token = await mint(buyer);
  widget()?.identify(state.token);
  await loadOrders();
}

/** @param {Lang} lang */
async function speak(lang) {
  state.lang = lang;
  localStorage.setItem("demo:lang", lang);
  widget()?.setLanguage(lang);
  await loadOrders();
}

function switchTheme() {
  const dark = state.theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : state.theme === "dark";
  state.theme = dark ? "light" : "dark";
  localStorage.setItem("demo:theme", state.theme);
  document.documentElement.dataset.theme = state.theme;
  widget()?.setTheme(state.theme);
}

/** Puts the widget on the page, as a shop would: one script tag. */
function addWidget() {
  const tag = h("script", { type: "module", src: "/widget/fairdesk.js", "data-token": state.token, "data-lang": state.lang, "data-theme": state.theme });
  document.head.append(tag);
}

function header() {
  const words = wordsOf(state.lang);
  const select = h("select", { id: "buyer", "aria-label": words.buyer, onchange: () => become(select.value) },
    state.buyers.map((buyer) => h("option", { value: buyer.id, selected: buyer.id === state.buyer },
      `${buyer.name} · ${words.tier} ${buyer.credit_tier}`)));
  return h("header", { class: "top" },
    h("div", { class: "wide" },
      h("a", { class: "brand", href: "/demo/" }, h("img", { src: "icon.svg", alt: "" }), h("span", null, words.market), h("span", { class: "tag" }, words.demo)),
      h("div", { class: "tools" },
        h("label", { class: "buyer" }, icon("person"), select),
        h("button", { type: "button", class: "tool", onclick: () => speak(state.lang === "zh" ? "en" : "zh") }, words.language),
        h("button", { type: "button", class: "tool", "aria-label": words.theme, title: words.theme, onclick: switchTheme }, "◐"))));
}

function hints() {
  const words = wordsOf(state.lang);
  return h("aside", { class: "hints", "aria-labelledby": "hints" },
    h("h2", { id: "hints" }, words.tryTitle),
    h("p", { class: "quiet" }, words.tryLead),
    h("ul", null, words.tries.map((text) =>
      h("li", null, h("button", { type: "button", onclick: () => widget()?.open({ text }) }, text)))),
    h("a", { class: "desk", href: "/desk/" }, words.desk, icon("next")));
}

function draw() {
  const words = wordsOf(state.lang);
  const shown = { lang: state.lang, words, ask: (/** @type {Order} */ order) => widget()?.open({ order: order.id }) };
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.title = `${words.title} · ${words.market}`;
  const page = h("div", { id: "page" }, header(),
    h("main", { class: "wide" },
      h("div", { class: "title" }, h("h1", null, words.title), h("p", { class: "quiet" }, words.lead)),
      orderList(state.orders, shown), hints()));
  document.querySelector("#page")?.remove();
  document.body.prepend(page);
}

/** The token lives for a while only; the widget says when it has run out. */
let renewing = false;
window.addEventListener("fairdesk:token-expired", async () => {
  if (renewing) return;
  renewing = true;
  state.token = await mint(state.buyer).catch(() => "");
  if (state.token) widget()?.renew(state.token);
  setTimeout(() => (renewing = false), 5000);
});
window.addEventListener("fairdesk:language", (event) => {
  const { lang } = /** @type {CustomEvent} */ (event).detail;
  if (lang !== state.lang) speak(lang);
});

document.documentElement.dataset.theme = state.theme;
try {
  state.buyers = (await get("/v1/demo/buyers")).buyers;
  const known = state.buyers.some((buyer) => buyer.id === state.buyer);
  await become(known ? state.buyer : (state.buyers[0]?.id ?? ""));
  addWidget();
} catch {
  document.body.prepend(h("main", { class: "wide" }, h("p", { class: "none", role: "alert" }, wordsOf(state.lang).failed)));
}
