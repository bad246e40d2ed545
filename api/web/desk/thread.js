/**
 * The middle pane: who the buyer is, who owns the conversation, the log and the composer.
 */

import { composer } from "./composer.js";
import { askToClose } from "./dialogs.js";
import { button, fill, h, icon, refill } from "./dom.js";
import { moment } from "./format.js";
import { logView } from "./log.js";
import { languageChip, moodChip } from "./queue.js";
import { isMine, openRow } from "./state.js";
import { waiting } from "./ticker.js";
import { say, t } from "./words.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./types.js").DeskState} DeskState */
/** @typedef {import("./types.js").Row} Row */

/** @param {Desk} desk */
export function threadPane(desk) {
  const empty = h("div", { class: "empty tall" });
  const parts = [threadHead(desk), ownerBanner(desk), noticeLine(desk), logView(desk), composer(desk)];
  const body = h("div", { class: "thread-body" }, parts);
  desk.store.watch(
    (state) => [state.openId, state.thread?.status],
    (state) => {
      const ready = state.thread?.status === "ready";
      body.hidden = !ready;
      empty.hidden = ready;
      if (!ready) fill(empty, ...emptyWords(desk));
    },
  );
  return h("main", { class: "pane thread" }, empty, body);
}

/** @param {Desk} desk */
function emptyWords(desk) {
  const { openId, thread } = desk.state;
  if (!openId) return [h("p", {}, t("pick")), h("p", { class: "faint" }, t("pickHint"))];
  if (thread?.status !== "failed") return [h("p", {}, t("loadingThread"))];
  const back = button(t("back"), () => desk.leave(), { class: "plain" });
  return [h("p", {}, t("failedThread")), button(t("again"), () => desk.open(openId), { class: "plain" }), back];
}

/** @param {Desk} desk */
function threadHead(desk) {
  const head = h("header", { class: "thread-head" });
  desk.store.watch(
    (state) => [openRow(state), state.side],
    (state) => {
      const row = openRow(state);
      if (row) refill(head, ...headParts(desk, row));
    },
  );
  return head;
}

/** @param {Desk} desk @param {Row} row */
function headParts(desk, row) {
  const { side } = desk.state;
  const tier = row.buyer.credit_tier ? h("span", { class: "faint" }, t("tier", { n: row.buyer.credit_tier })) : null;
  const toggle = button(t("details"), () => desk.showSide(!side), {
    class: "quiet square",
    icon: icon("panel"),
    hint: "d",
    "aria-pressed": String(side),
  });
  return [
    button(t("back"), () => desk.leave(), { class: "quiet square only-narrow", icon: icon("back"), hint: "Esc" }),
    h("h2", {}, row.buyer.name),
    tier,
    languageChip(row),
    moodChip(row.mood),
    h("span", { class: "grow" }),
    h("span", { class: "faint mono thread-id" }, row.id),
    toggle,
  ];
}

/** @param {Desk} desk */
function ownerBanner(desk) {
  const banner = h("div", { class: "owner", role: "group" });
  desk.store.watch(
    (state) => [openRow(state), state.thread?.conversation, state.busy],
    (state) => {
      const row = openRow(state);
      if (!row) return;
      const mine = isMine(row, state.staff);
      banner.dataset.owner = mine ? "mine" : row.owner;
      banner.setAttribute("aria-busy", String(state.busy));
      refill(banner, h("p", { role: "status" }, ownerWords(state, row)), ...ownerFigures(state, row), ...ownerButtons(desk, row));
    },
  );
  return banner;
}

/** @param {DeskState} state @param {Row} row */
function ownerWords(state, row) {
  if (row.owner === "assistant") return t("ownerAssistant");
  if (row.owner === "closed") return t("ownerClosed");
  if (row.owner === "human")
    return isMine(row, state.staff) ? t("ownerMine") : t("ownerOther", { name: row.agent?.name ?? t("agent") });
  const reason = say(row.reason);
  return reason ? t("ownerQueuedBy", { reason }) : t("ownerQueued");
}

/** How long the buyer has waited and what was promised. @param {DeskState} state @param {Row} row */
function ownerFigures(state, row) {
  if (row.owner !== "queued") return [];
  const promised = state.thread?.conversation?.queue?.promised_at;
  const promise = promised ? h("span", { class: "faint" }, t("promisedAt", { time: moment(promised) })) : null;
  return [row.waiting_since ? waiting(row.waiting_since) : null, promise];
}

/** @param {Desk} desk @param {Row} row */
function ownerButtons(desk, row) {
  if (row.owner === "queued" || row.owner === "assistant") {
    const kind = row.owner === "queued" ? "primary" : "plain";
    return [button(t("take"), () => desk.take(), { class: kind, hint: "t" })];
  }
  if (!isMine(row, desk.state.staff)) return [];
  return [
    button(t("handBack"), () => desk.handBack(), { class: "plain", hint: "h" }),
    button(t("close"), () => askToClose(desk), { class: "plain", hint: "x" }),
  ];
}

/** One line for what went wrong; it stays until dismissed or until the next action. @param {Desk} desk */
function noticeLine(desk) {
  const line = h("div", { class: "notice", role: "alert" });
  desk.store.watch(
    (state) => [state.notice],
    ({ notice }) => {
      line.hidden = !notice;
      if (!notice) return fill(line);
      line.dataset.tone = notice.tone;
      const dismiss = () => desk.store.set({ notice: null });
      fill(line, h("span", {}, notice.text), button(t("dismiss"), dismiss, { class: "quiet square", icon: icon("close") }));
    },
  );
  return line;
}
