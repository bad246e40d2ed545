/**
 * The right pane: the briefing, the copilot and the buyer's orders. Each part folds away, and so does the pane.
 */

import { copilotPart } from "./advice.js";
import { decisionCard, factList } from "./cards.js";
import { button, fill, h, icon } from "./dom.js";
import { money, moment } from "./format.js";
import { part } from "./part.js";
import { named, say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").Briefing} Briefing */
/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Item} Item */

/** @param {Desk} desk */
export function sidePane(desk) {
  const shut = button(t("done"), () => desk.showSide(false), { class: "quiet square", icon: icon("close"), hint: "d" });
  const head = h("div", { class: "side-head only-overlay" }, h("h2", {}, t("details")), shut);
  return h("aside", { class: "pane side", "aria-label": t("details") }, head, briefingPart(desk), copilotPart(desk), ordersPart(desk));
}

/** @param {Desk} desk */
function briefingPart(desk) {
  const { element, body } = part("briefing", t("briefing"));
  desk.store.watch(
    (state) => [state.thread?.briefing, state.thread?.status],
    ({ thread }) => {
      const briefing = thread?.briefing;
      fill(body, ...(briefing ? briefingWords(desk, briefing) : [h("p", { class: "faint" }, t("noBriefing"))]));
    },
  );
  return element;
}

/** @param {Desk} desk @param {Briefing} briefing */
function briefingWords(desk, briefing) {
  const done = briefing.done ?? [];
  return [
    labelled("asked", briefing.asked),
    labelled("summary", briefing.summary !== briefing.asked ? briefing.summary : ""),
    labelled("mood", briefing.mood && named("mood", briefing.mood)),
    labelled("ruleOver", say(briefing.rule)),
    briefing.facts?.length ? [h("h4", {}, t("facts")), factList(briefing.facts)] : [],
    briefing.decision ? [h("h4", {}, t("soFar")), decisionCard(desk, briefing.decision)] : [],
    done.length ? [h("h4", {}, t("doneSoFar")), h("ul", { class: "done" }, done.map((one) => h("li", {}, say(one))))] : [],
  ].flat();
}

/** @param {"asked"|"summary"|"mood"|"ruleOver"} key @param {string|undefined} text */
function labelled(key, text) {
  return text ? [h("h4", {}, t(key)), h("p", { class: `brief-${key}` }, text)] : [];
}

/** @param {Desk} desk */
function ordersPart(desk) {
  const { element, body } = part("orders", t("orders"));
  desk.store.watch(
    (state) => [state.thread?.orders, state.thread?.id],
    ({ thread }) => {
      const orders = thread?.orders;
      if (Array.isArray(orders) && orders.length) return fill(body, orders.map(orderView));
      fill(body, h("p", { class: "faint" }, t(orders === "failed" ? "ordersFailed" : orders ? "noOrders" : "loading")));
    },
  );
  return element;
}

/** @param {Order} order */
function orderView(order) {
  const paid = money(order.paid_fen, order.currency);
  const back = order.refunded_fen ? h("span", { class: "chip" }, t("refunded", { amount: money(order.refunded_fen, order.currency) })) : null;
  return h(
    "article",
    { class: "order" },
    h("header", {}, h("span", { class: "chip" }, say(order.state_label)), h("b", {}, paid), back, h("time", {}, moment(order.created_at))),
    order.items.map((item) => itemView(item, order.currency)),
    h("footer", { class: "faint" }, say(order.shop.name), h("span", { class: "mono" }, order.id)),
    parcelLine(order),
  );
}

/** @param {Item} item @param {string} currency */
function itemView(item, currency) {
  const options = Object.values(item.options ?? {}).join(" / ");
  const image = item.image ? h("img", { src: item.image, alt: "", width: 32, height: 32, loading: "lazy" }) : null;
  const figures = [options, t("quantity", { n: item.quantity }), money(item.paid_fen, currency)].filter(Boolean).join(" · ");
  return h("div", { class: "item" }, image, h("span", {}, say(item.title), h("small", { class: "faint" }, figures)));
}

/** The newest news of the last parcel. @param {Order} order */
function parcelLine(order) {
  const parcel = order.parcels?.at(-1);
  if (!parcel) return null;
  const news = parcel.events?.at(-1) ?? parcel.events?.[0];
  const text = [parcel.carrier, say(parcel.state_label) || say(news?.text)].filter(Boolean).join(" · ");
  return h("p", { class: "faint", title: parcel.tracking_number }, text);
}
