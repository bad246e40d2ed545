/** Around the log: the launcher at the corner of the page, the head of the panel, the end of a conversation, the sheet over it. */

import { find, h, icon, iconButton } from "./dom.js";
import { queueLine } from "./records.js";
import { unread } from "./state.js";

/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("./state.js").State} State */

/** @param {import("./ui.js").Ui} ui @returns {import("./ui.js").View} */
export function launcherView(ui) {
  const { words } = ui;
  const badge = h("span", { class: "count", hidden: true, "aria-hidden": "true" });
  const away = h("span", { class: "away", hidden: true });
  const node = h("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", onclick: () => ui.toggle(!ui.isOpen()) },
    icon("chat"), icon("down"), badge, away);
  return {
    node,
    update(state) {
      const open = ui.isOpen();
      const count = open ? 0 : unread(state);
      const offline = state.link === "offline" || state.link === "refused";
      badge.hidden = count === 0;
      badge.textContent = count > 99 ? "99+" : String(count);
      away.hidden = !offline;
      node.setAttribute("aria-expanded", String(open));
      const parts = [open ? words.minimise : words.open, count > 0 && `${count} ${words.unread}`, offline && words.away];
      node.setAttribute("aria-label", parts.filter(Boolean).join(", "));
    },
  };
}

/** @param {Ui} ui @returns {import("./ui.js").View} */
export function headerView(ui) {
  const { words } = ui;
  const face = h("span", { class: "face", "aria-hidden": "true" });
  const name = h("strong", { id: "title" });
  const status = h("span", { class: "status" });
  const person = h("button", { type: "button", class: "person", title: words.person, "aria-label": words.person,
    onclick: () => ui.session.person(words.person) }, icon("person"), words.personShort);
  const language = h("button", { type: "button", class: "language", lang: ui.lang === "zh" ? "en" : "zh-CN",
    onclick: ui.switchLanguage }, words.language);
  const queue = h("p", { class: "banner queue", role: "status", hidden: true });
  const link = linkBanner(ui);
  const node = h("div", null,
    h("header", { class: "head" }, face, h("div", { class: "who" }, name, status), person, language,
      iconButton("close", words.minimise, () => ui.toggle(false))),
    queue, link.node);
  return {
    node,
    update(state) {
      const owner = state.conversation?.owner ?? "assistant";
      const agent = owner === "human" ? state.conversation?.agent?.name : undefined;
      face.replaceChildren(agent ? agent.slice(0, 1).toUpperCase() : "AI");
      face.classList.toggle("human", owner === "human");
      name.textContent = agent ?? words.title;
      status.textContent = { assistant: words.disclosure, queued: words.queuedStatus, human: words.humanStatus, closed: words.closedStatus }[owner];
      person.hidden = owner !== "assistant";
      queue.hidden = owner !== "queued" || !state.conversation?.queue;
      write(queue, state.conversation?.queue ? queueLine(state.conversation.queue, ui) : "");
      link.update(state);
    },
  };
}

/** @param {Ui} ui @returns {import("./ui.js").View} */
function linkBanner({ words, session }) {
  const text = h("span");
  const retry = h("button", { type: "button", class: "link", onclick: () => session.retryNow() }, words.retryNow);
  const node = h("p", { class: "banner offline", role: "status", hidden: true }, text, retry);
  return {
    node,
    update({ link, conversation }) {
      node.hidden = link !== "offline" && link !== "refused";
      retry.hidden = link === "refused";
      write(text, link === "refused" ? words.signedOut : conversation ? words.offline : `${words.away} · ${words.offline}`);
    },
  };
}

/**
 * Changes the text only when it differs: a status region speaks up at every change.
 * @param {HTMLElement} node
 * @param {string} text
 */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const STARS = [1, 2, 3, 4, 5];

/** @param {Ui} ui @returns {import("./ui.js").View} */
export function closingView(ui) {
  const { words } = ui;
  const again = h("button", { type: "button", class: "primary", onclick: () => ui.session.again() }, words.again);
  const form = ratingForm(ui);
  const thanks = h("p", { role: "status" });
  const node = h("div", { class: "closing", hidden: true }, form, thanks, again);
  return {
    node,
    update({ conversation, events }) {
      const rated = events.some((event) => event.kind === "rated");
      node.hidden = conversation?.owner !== "closed";
      form.hidden = rated;
      thanks.textContent = rated ? words.thanks : "";
    },
  };
}

/** @param {Ui} ui */
function ratingForm(ui) {
  const { words } = ui;
  const comment = h("input", { type: "text", class: "field", placeholder: words.comment, "aria-label": words.comment, maxlength: "500" });
  const submit = h("button", { type: "submit", class: "secondary", disabled: true }, words.submit);
  const stars = STARS.map((count) => {
    const input = h("input", { type: "radio", name: "stars", value: count, "aria-label": `${count} ${words.star}`, onchange: () => choose(count) });
    return h("label", { class: "star" }, input, icon("star"));
  });
  let chosen = 0;
  /** @param {number} count */
  function choose(count) {
    chosen = count;
    stars.forEach((star, index) => star.classList.toggle("lit", index < count));
    submit.disabled = false;
  }
  /** @param {SubmitEvent} event */
  async function rate(event) {
    event.preventDefault();
    submit.disabled = true;
    await ui.session.rate(chosen, comment.value.trim()).catch(() => (submit.disabled = false));
  }
  return h("form", { class: "rating", onsubmit: rate },
    h("fieldset", null, h("legend", null, words.rate), h("div", { class: "stars" }, stars)), comment, submit);
}

const FOCUSABLE = "button:not([disabled]), [href], input, textarea, summary, [tabindex='0']";

/**
 * Keeps Tab inside `root`.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} root
 */
export function trapTab(event, root) {
  if (event.key !== "Tab") return;
  const stops = [...root.querySelectorAll(FOCUSABLE)].filter((node) => /** @type {HTMLElement} */ (node).offsetParent);
  const [first, last] = [stops[0], stops.at(-1)];
  const active = /** @type {ShadowRoot} */ (root.getRootNode()).activeElement;
  if (!(first instanceof HTMLElement && last instanceof HTMLElement)) return;
  if (event.shiftKey ? active === first : active === last) {
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
}

/** @param {import("./words/zh.js").Words} words */
export function dialogView(words) {
  /** @type {Element | null} */
  let opener = null;
  const node = h("div", { class: "cover", hidden: true, onclick: outside });

  function close() {
    node.hidden = true;
    node.replaceChildren();
    if (opener instanceof HTMLElement) opener.focus();
  }
  /** @param {MouseEvent} event */
  function outside(event) {
    if (event.target === node) close();
  }
  return {
    node,
    close,
    isOpen: () => !node.hidden,
    /**
     * Opens the sheet; what it returns fills it.
     * @param {string} title
     */
    open(title) {
      opener = /** @type {ShadowRoot} */ (node.getRootNode()).activeElement;
      const body = h("div", { class: "body", tabindex: "0", "aria-live": "polite" }, "…");
      const sheet = h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-label": title },
        h("header", null, h("h2", null, title), iconButton("close", words.minimise, close)), body);
      sheet.addEventListener("keydown", (event) => trapTab(event, sheet));
      node.replaceChildren(sheet);
      node.hidden = false;
      find(sheet, "button").focus();
      return (/** @type {Node | string} */ content) => body.replaceChildren(content);
    },
  };
}
