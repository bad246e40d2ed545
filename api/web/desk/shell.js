/**
 * The signed-in page: a bar on top, three panes, and the lines that say when the connection is lost.
 */

import { button, fill, h, icon } from "./dom.js";
import { showHelp } from "./dialogs.js";
import { pageButtons } from "./login.js";
import { queuePane } from "./queue.js";
import { sidePane } from "./side.js";
import { countIn } from "./state.js";
import { threadPane } from "./thread.js";
import { t } from "./words.js";

/** @typedef {import("./login.js").Page} Page */

/** @param {Page} page */
export function shell(page) {
  const { desk } = page;
  const panes = h("div", { class: "panes" }, queuePane(desk), threadPane(desk), sidePane(desk));
  const element = h("div", { class: "shell" }, topBar(page), connectionLine(desk), panes);
  desk.store.watch(
    (state) => [state.openId, state.side],
    (state) => {
      element.dataset.pane = state.openId ? "thread" : "queue";
      element.dataset.side = state.side && state.openId ? "open" : "shut";
    },
  );
  desk.store.watch(
    (state) => [state.rows],
    (state) => {
      const count = countIn(state, "waiting");
      document.title = `${count ? `(${count}) ` : ""}${t("brand")} · ${t("desk")}`;
    },
  );
  return element;
}

/** @param {Page} page */
function topBar(page) {
  const { desk } = page;
  const logo = h("img", { src: "icon.svg", alt: "", width: 22, height: 22 });
  return h(
    "header",
    { class: "top" },
    h("h1", { class: "brand" }, logo, t("brand"), h("span", {}, t("desk"))),
    h("span", { class: "grow" }),
    h("span", { class: "me" }, desk.state.staff?.name),
    pageButtons(page),
    button(t("help"), () => showHelp(), { class: "quiet square", icon: icon("help"), hint: "?" }),
    button(t("signOut"), () => desk.signOut(), { class: "quiet square", icon: icon("exit") }),
  );
}

/** Says that the connection is lost, once it is not just a blink. @param {import("./desk.js").Desk} desk */
function connectionLine(desk) {
  const line = h("p", { class: "connection", role: "status", hidden: true });
  let timer = 0;
  const show = (/** @type {string} */ text) => {
    line.hidden = !text;
    fill(line, text);
  };
  desk.store.watch(
    (state) => [state.online, state.link === "down" || state.thread?.link === "down"],
    (state) => {
      clearTimeout(timer);
      const lost = state.link === "down" || state.thread?.link === "down";
      if (!state.online) show(t("offline"));
      else if (!lost) show("");
      else timer = setTimeout(() => show(t("reconnecting")), 1500);
    },
  );
  return line;
}
