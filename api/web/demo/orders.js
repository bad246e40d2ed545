/** A buyer's orders as cards, and the tabs that filter them. */

import { h, icon } from "../widget/dom.js";
import { date, dateTime, money } from "../widget/format.js";

/** @typedef {import("../shared/contract.js").Order} Order */
/** @typedef {import("../shared/contract.js").Lang} Lang */
/** @typedef {import("./words.js").Words} Words */

/** Which states stand under which tab. */
const TABS = /** @type {const} */ ([
  ["all", null],
  ["unpaid", ["unpaid"]],
  ["paid", ["paid"]],
  ["dispatched", ["dispatched"]],
  ["delivered", ["delivered", "completed"]],
  ["refunds", ["partly_refunded", "refunded"]],
]);

const TONE = /** @type {Record<string, string>} */ ({
  unpaid: "warn", paid: "info", dispatched: "info", delivered: "good", completed: "good", partly_refunded: "person", refunded: "person",
});

/**
 * @typedef {object} Shown
 * @property {Lang} lang
 * @property {Words} words
 * @property {(order: Order) => void} ask opens the widget about an order
 */

/**
 * Tabs and the list under them.
 * @param {Order[]} orders
 * @param {Shown} shown
 */
export function orderList(orders, shown) {
  const list = h("div", { class: "orders", id: "orders" });
  /** @param {readonly string[] | null} states */
  const matching = (states) => orders.filter((order) => !states || states.includes(order.state));
  const tabs = TABS.map(([name, states]) => {
    const tab = h("button", { type: "button", class: "tab", "aria-pressed": "false", onclick: () => show(tab, states) },
      shown.words[name], h("span", { class: "tally" }, String(matching(states).length)));
    return tab;
  });
  /** @param {HTMLElement} tab @param {readonly string[] | null} states */
  function show(tab, states) {
    for (const other of tabs) other.setAttribute("aria-pressed", String(other === tab));
    const found = matching(states);
    list.replaceChildren(...(found.length ? found.map((order) => orderCard(order, shown)) : [h("p", { class: "none" }, shown.words.none)]));
  }
  show(tabs[0], null);
  return h("div", null, h("div", { class: "tabs" }, tabs), list);
}

/** @param {Order} order @param {Shown} shown */
function orderCard(order, { lang, words, ask }) {
  const scan = order.parcels.at(-1)?.events.at(-1);
  return h(
    "article",
    { class: "order", "aria-label": `${words.order} ${order.id}` },
    h("header", null,
      h("h2", null, order.shop.name),
      h("span", { class: "quiet" }, `${words.order} ${order.id} · ${date(order.created_at, lang)}`),
      h("span", { class: `state ${TONE[order.state] ?? ""}` }, order.state_label)),
    order.items.map((item) => itemRow(item, order, words)),
    scan && h("p", { class: "scan" }, icon("box"), h("span", null, scan.text), h("time", { class: "quiet", datetime: scan.at }, dateTime(scan.at, lang))),
    h("footer", null,
      order.refunded_fen > 0 && h("span", { class: "quiet" }, `${words.refunded} ${money(order.refunded_fen, order.currency)}`),
      h("span", { class: "total" }, `${order.paid_fen ? words.total : words.due} `, h("strong", null, money(order.paid_fen || order.total_fen || 0, order.currency))),
      h("button", { type: "button", class: "ask", onclick: () => ask(order) }, icon("chat"), words.ask)),
  );
}

/** @param {Order["items"][number]} item @param {Order} order @param {Words} words */
function itemRow(item, order, words) {
  const options = Object.values(item.options).join(" · ");
  return h("div", { class: "item" },
    h("span", { class: "thumb" }, item.image ? h("img", { src: item.image, alt: "", loading: "lazy" }) : icon("box")),
    h("div", null, h("p", { class: "name" }, item.title), options && h("p", { class: "quiet" }, options)),
    h("div", { class: "cost" }, h("p", null, item.paid_fen ? money(item.paid_fen, order.currency) : ""), h("p", { class: "quiet" }, `× ${item.quantity} ${words.pieces}`)));
}
