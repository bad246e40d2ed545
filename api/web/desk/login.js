/**
 * The sign-in page.
 */

import { ApiError } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { reason } from "./refusals.js";
import { t } from "./words.js";

/** @typedef {{desk: import("./desk.js").Desk, switchLanguage: () => void, switchTheme: () => void}} Page */

/** @param {Page} page */
export function loginPage(page) {
  const { desk } = page;
  const name = field("name", "username", "text");
  const password = field("password", "current-password", "password");
  const error = h("p", { class: "login-error", role: "alert" }, desk.state.notice?.text);
  const hint = h("p", { class: "login-hint" });
  const submit = h("button", { class: "primary wide", type: "submit" }, t("signIn"));

  const enter = async () => {
    submit.disabled = true;
    submit.textContent = t("signingIn");
    try {
      await desk.begin(await desk.api.login(name.value.trim(), password.value));
    } catch (problem) {
      fill(error, problem instanceof ApiError && problem.status === 401 ? t("wrongLogin") : reason(problem));
      password.select();
    } finally {
      submit.disabled = false;
      submit.textContent = t("signIn");
    }
  };
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void enter();
  };
  desk.api.isDemo().then((demo) => demo && fill(hint, t("demoHint")));
  queueMicrotask(() => name.focus());
  return h(
    "main",
    { class: "login" },
    h(
      "form",
      { class: "login-card", onsubmit },
      h("h1", {}, h("img", { src: "icon.svg", alt: "", width: 32, height: 32 }), t("brand")),
      h("p", { class: "login-sub" }, t("desk")),
      h("label", {}, t("name"), name),
      h("label", {}, t("password"), password),
      error,
      submit,
      hint,
    ),
    h("div", { class: "login-foot" }, pageButtons(page)),
  );
}

/** The buttons that every page has: language and theme. @param {Page} page */
export function pageButtons({ switchLanguage, switchTheme }) {
  return [
    button(t("otherLanguage"), switchLanguage, { class: "quiet", lang: t("otherLanguage") === "English" ? "en" : "zh-CN" }),
    button(t("theme"), switchTheme, { class: "quiet square", icon: icon("moon") }),
  ];
}

/** @param {string} name @param {string} autocomplete @param {string} type */
function field(name, autocomplete, type) {
  return h("input", { name, autocomplete, type, required: true, spellcheck: "false", autocapitalize: "none" });
}
