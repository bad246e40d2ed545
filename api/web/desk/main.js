/**
 * The desk's composition root: which language and theme, which server, and what is on the page.
 */

import { Api } from "./api.js";
import { Desk } from "./desk.js";
import { fill } from "./dom.js";
import { keptSession, prefer, preference } from "./keep.js";
import { bindKeys } from "./keys.js";
import { loginPage } from "./login.js";
import { shell } from "./shell.js";
import { startTicking } from "./ticker.js";
import { language, speak, t } from "./words.js";

/** @typedef {import("./types.js").Language} Language */

const root = /** @type {HTMLElement} */ (document.getElementById("desk"));
const api = new Api("", language);
const desk = new Desk(api);

/** Draws the whole page: at the start, after signing in or out, and when the language changes. */
function draw() {
  desk.store.unwatch();
  document.title = `${t("brand")} · ${t("desk")}`;
  const page = { desk, switchLanguage, switchTheme };
  fill(root, desk.state.staff ? shell(page) : loginPage(page));
  const signedIn = Boolean(desk.state.staff);
  desk.store.watch(
    (state) => [Boolean(state.staff)],
    (state) => {
      if (Boolean(state.staff) !== signedIn) draw();
    },
  );
}

/** @returns {Language} */
function firstLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? preference("language", navigator.language);
  return String(asked).startsWith("zh") ? "zh" : "en";
}

function switchLanguage() {
  speak(language() === "zh" ? "en" : "zh");
  prefer("language", language());
  draw();
  desk.languageChanged();
}

/** @param {string} theme light, dark or auto (the system's) */
function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function switchTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const next = dark ? "light" : "dark";
  prefer("theme", next);
  applyTheme(next);
}

/** Takes up the session and the conversation that this tab had before it was reloaded. */
async function resume() {
  const session = keptSession();
  if (session) desk.begin(session);
  draw();
  const id = decodeURIComponent(location.hash.slice(1));
  if (session && id) await desk.open(id);
}

speak(firstLanguage());
applyTheme(preference("theme", "auto"));
bindKeys(desk);
startTicking(() => desk.now());
void resume();
