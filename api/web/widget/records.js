/** Cards that report: receipt, case progress, parcel, place in the queue; and a clause in full. */

import { h, icon } from "./dom.js";
import { date, dateTime, minutes, money } from "./format.js";
import { amountOf, card, copyable, pill, row, track } from "./pieces.js";
import { uuid } from "./session.js";

/** @typedef {import("../shared/contract.js").Receipt} Receipt */
/** @typedef {import("../shared/contract.js").Case} Case */
/** @typedef {import("../shared/contract.js").ParcelCard} ParcelCard */
/** @typedef {import("../shared/contract.js").Queue} Queue */
/** @typedef {import("./ui.js").Ui} Ui */

/** Scans shown at once; the older ones are folded. */
const RECENT_SCANS = 3;

/** @param {Receipt} receipt @param {Ui} ui */
export function receiptCard(receipt, ui) {
  const { words, lang } = ui;
  return card(
    "receipt",
    receipt.title,
    h("header", null, h("span", { class: "seal" }, icon("check")), h("h3", null, receipt.title)),
    amountOf(receipt.amount, ui),
    receipt.note ? h("p", { class: "quiet" }, receipt.note) : null,
    h("dl", { class: "rows" },
      row(words.caseNumber, copyable(receipt.case_number, ui)),
      receipt.reference ? row(words.reference, h("span", { class: "number" }, receipt.reference)) : null,
      (receipt.deadlines ?? []).map((deadline) => row(deadline.label, `${words.due} ${dateTime(deadline.at, lang)}`))),
    h("button", { type: "button", class: "link", onclick: () => ui.openCase(receipt.case_id) }, words.progress, icon("next")),
  );
}

/** @param {Case} record @param {Ui} ui */
export function caseCard(record, ui) {
  return card(
    "case",
    record.title,
    h("header", null, pill("info", record.state_label || ui.words.caseTitle), h("h3", null, record.title)),
    record.amount_fen ? h("p", { class: "sum" }, money(record.amount_fen, record.currency ?? "CNY")) : null,
    h("p", { class: "quiet" }, `${ui.words.caseNumber} `, copyable(record.number, ui)),
    caseTrack(record, ui),
    ownStep(record, ui),
  );
}

/**
 * What the case waits for from the buyer: the number of the parcel that goes back, or that goods arrived.
 * @param {Case} record @param {Ui} ui
 */
function ownStep({ id, state }, { words, session }) {
  if (state !== "waiting_goods" && state !== "sending_back") return null;
  const ships = state === "waiting_goods";
  const client_id = uuid();
  const number = h("input", { name: "number", "aria-label": words.trackingNumber, placeholder: words.trackingNumber,
    required: true, minlength: "4", maxlength: "64", pattern: "[A-Za-z0-9\\-]+" });
  const button = h("button", { class: "primary" }, ships ? words.sentBack : words.haveGoods);
  const told = h("p", { class: "quiet", role: "status" });
  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    button.disabled = true;
    const step = ships ? { action: /** @type {const} */ ("ship"), tracking_number: number.value } : { action: /** @type {const} */ ("confirm_received") };
    try {
      await session.client.actOnCase(id, { client_id, ...step });
      form.replaceChildren(told);
      told.textContent = words.done;
    } catch {
      button.disabled = false;
      told.textContent = words.caseFailed;
    }
  }
  const form = h("form", { class: "choice own-step", onsubmit: send }, ships ? number : null, button, told);
  return form;
}

/** @param {Case} record @param {Ui} ui */
function caseTrack({ steps }, { words, lang }) {
  const now = steps.findIndex((step) => !step.done);
  return track(
    steps.map((step, index) => ({
      label: step.label,
      detail: step.at ? dateTime(step.at, lang) : step.due ? `${words.due} ${dateTime(step.due, lang)}` : "",
      state: step.done ? "done" : index === now ? "now" : "next",
    })),
  );
}

/** @param {ParcelCard} parcel @param {Ui} ui */
export function parcelCard(parcel, ui) {
  const scans = [...parcel.events].sort((one, other) => other.at.localeCompare(one.at));
  const steps = scans.map((scan, index) => ({
    label: scan.text,
    detail: dateTime(scan.at, ui.lang),
    state: /** @type {"now" | "next"} */ (index === 0 ? "now" : "next"),
  }));
  return card(
    "parcel",
    `${ui.words.parcel} ${parcel.tracking_number}`,
    h("header", null, pill("info", parcel.state_label), h("h3", null, parcel.carrier)),
    h("p", { class: "quiet" }, copyable(parcel.tracking_number, ui)),
    track(steps.slice(0, RECENT_SCANS)),
    steps.length > RECENT_SCANS &&
      h("details", null, h("summary", null, ui.words.earlier, icon("down")), track(steps.slice(RECENT_SCANS))),
  );
}

/**
 * A place in the queue in one line: position and wait, or the promised time outside working hours.
 * @param {Queue} queue
 * @param {Ui} ui
 */
export function queueLine(queue, { words, lang }) {
  const promise = queue.promised_at ? `${words.promised} ${dateTime(queue.promised_at, lang)}` : "";
  if (!queue.open) return [words.outOfHours, promise].filter(Boolean).join(lang === "zh" ? "，" : ". ");
  const place = `${words.queueAt} ${queue.position} ${words.queuePlace}`;
  const wait = queue.wait_seconds ? `${words.wait} ${minutes(queue.wait_seconds, lang)}` : words.soon;
  return [place, wait, promise].filter(Boolean).join(" · ");
}

/** @param {Queue} queue @param {Ui} ui */
export const handoffCard = (queue, ui) =>
  card("handoff", ui.words.queuedStatus,
    h("header", null, h("span", { class: "seal person" }, icon("person")), h("h3", null, ui.words.queuedStatus)),
    h("p", null, queueLine(queue, ui)));

/** @param {{prompt: string}} photo @param {Ui} ui */
export const photoCard = ({ prompt }, ui) =>
  card("photo", prompt,
    h("p", null, prompt),
    h("div", { class: "choice" },
      h("button", { type: "button", class: "secondary", onclick: () => ui.choosePicture(true) }, icon("camera"), ui.words.takePhoto),
      h("button", { type: "button", class: "secondary", onclick: () => ui.choosePicture(false) }, icon("image"), ui.words.choosePhoto)));

/** @param {{items: {clause: string, title: string, excerpt: string}[]}} clauses @param {Ui} ui */
export const clausesCard = ({ items }, ui) =>
  card("clauses", ui.words.basis, ...items.map(({ clause, title, excerpt }) =>
    h("button", { type: "button", class: "clause", onclick: () => ui.openClause(clause) },
      icon("book"), h("span", { class: "what" }, h("strong", null, title), h("span", { class: "quiet" }, excerpt)))));

/**
 * A clause in full, with its version and dates, for the dialog.
 * @param {import("../shared/contract.js").Clause} clause
 * @param {Ui} ui
 * @param {string} rank the name of its rank
 */
export function clauseText(clause, { words, lang }, rank) {
  const { from, to } = clause.in_force;
  return h("div", { class: "clause-text" },
    h("h3", null, clause.title),
    h("p", { class: "quiet" }, pill("info", rank), ` ${clause.document}`),
    h("div", { class: "prose" }, clause.text),
    h("dl", { class: "rows" },
      row(words.version, clause.version),
      row(words.inForce, to ? `${date(from, lang)} – ${date(to, lang)}` : `${date(from, lang)} ${words.since}`),
      clause.source ? row(words.source, clause.source) : null));
}
