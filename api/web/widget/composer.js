/** Where the buyer writes: text, pictures, send. Enter sends, Shift+Enter breaks the line, an input method is left alone. */

import { h, icon, iconButton } from "./dom.js";

/** @typedef {import("./ui.js").Ui} Ui */
/** @typedef {import("../shared/contract.js").Attachment} Attachment */

const TALLEST_PX = 132;

/**
 * @typedef {import("./ui.js").View & {
 *   focus: () => void, text: (value?: string) => string, choose: (camera: boolean) => void, add: (files: Iterable<File>) => void,
 * }} Composer
 */

/** @param {Ui} ui @returns {Composer} */
export function composerView(ui) {
  const { words } = ui;
  const tray = pictures(ui, refresh);
  const input = h("textarea", { rows: "1", "aria-label": words.composer, placeholder: words.placeholder, enterkeyhint: "send",
    oninput: typed, onkeydown: keyed, onpaste: pasted });
  const submit = h("button", { type: "submit", class: "send", "aria-label": words.send, title: words.send }, icon("send"));
  const node = h("form", { class: "composer", onsubmit: sent }, tray.node,
    h("div", { class: "line" }, iconButton("image", words.attach, () => tray.choose(false)), input, submit));

  function refresh() {
    input.style.height = "";
    // In a panel that is closed nothing has a height; one line is right then.
    if (input.scrollHeight > input.clientHeight) input.style.height = `${Math.min(input.scrollHeight, TALLEST_PX)}px`;
    submit.disabled = tray.busy() || (!input.value.trim() && !tray.ready().length);
  }
  function typed() {
    refresh();
    ui.session.typed();
  }
  /** @param {KeyboardEvent} event */
  function keyed(event) {
    // While an input method composes, Enter picks a word; Safari reports that as key code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    node.requestSubmit();
  }
  /** @param {ClipboardEvent} event */
  function pasted(event) {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    tray.add(files);
  }
  /** @param {SubmitEvent} event */
  function sent(event) {
    event.preventDefault();
    refresh();
    if (submit.disabled) return;
    ui.session.send(input.value.trim(), { attachments: tray.ready() });
    tray.clear();
    write("");
    input.focus();
  }
  /** @param {string} value */
  function write(value) {
    input.value = value;
    refresh();
  }
  refresh();
  return {
    node,
    update({ conversation }) {
      node.hidden = conversation?.owner === "closed";
      input.placeholder = conversation?.owner === "human" ? words.placeholderHuman : words.placeholder;
    },
    focus: () => input.focus({ preventScroll: true }),
    text: (value) => (value !== undefined && write(value), input.value),
    choose: tray.choose,
    add: tray.add,
  };
}

const TYPES = ["image/png", "image/jpeg", "image/webp"];
const MOST_BYTES = 5 * 1024 * 1024;
/** A photo that is too heavy is made this wide or high at most: enough to see a scratch or read a label. */
const LONGEST_SIDE_PX = 2560;

/**
 * The tray above the message. `refresh` is called whenever it may have changed what can be sent.
 * @param {Ui} ui
 * @param {() => void} refresh
 */
export function pictures(ui, refresh) {
  const { words } = ui;
  /** @type {Map<HTMLElement, Attachment | null>} */
  const shown = new Map();
  const problem = h("p", { class: "problem", role: "alert" });
  const list = h("div", { class: "tray" });
  const album = fileInput(false);
  const camera = fileInput(true);

  /** @param {boolean} capture */
  function fileInput(capture) {
    const input = h("input", { type: "file", accept: TYPES.join(), multiple: !capture, capture: capture && "environment", hidden: true,
      "aria-label": words.attach, onchange: () => (add(input.files ?? []), (input.value = "")) });
    return input;
  }
  /** @param {Iterable<File>} files */
  async function add(files) {
    problem.textContent = "";
    for (const chosen of files) {
      const file = TYPES.includes(chosen.type) ? await lighter(chosen) : chosen;
      const wrong = !TYPES.includes(file.type) ? words.badType : file.size > MOST_BYTES ? words.tooBig : "";
      if (wrong) problem.textContent = wrong;
      else await upload(file);
    }
  }
  /** @param {File} file */
  async function upload(file) {
    const remove = iconButton("close", words.remove, () => drop(preview));
    const src = URL.createObjectURL(file);
    const preview = h("div", { class: "preview busy" }, h("img", { src, alt: words.picture }), remove, h("span", { class: "sr", role: "status" }, words.uploading));
    list.append(preview);
    shown.set(preview, null);
    refresh();
    try {
      const attachment = await ui.session.client.upload(ui.session.state.conversation?.id ?? "", file);
      if (shown.has(preview)) shown.set(preview, attachment);
      preview.classList.remove("busy");
      preview.lastElementChild?.remove();
    } catch {
      problem.textContent = words.uploadFailed; // whatever the reason: the buyer can choose the picture again
      drop(preview);
    }
    refresh();
  }
  /** @param {HTMLElement} preview */
  function drop(preview) {
    shown.delete(preview);
    preview.remove();
    refresh();
  }
  return {
    node: h("div", null, list, problem, album, camera),
    add,
    /** @param {boolean} capture */
    choose: (capture) => (capture ? camera : album).click(),
    ready: () => /** @type {Attachment[]} */ ([...shown.values()].filter(Boolean)),
    busy: () => [...shown.values()].includes(null),
    clear: () => [...shown.keys()].forEach(drop),
  };
}

/**
 * A photo small enough to upload, as JPEG; the file itself when it is light already or can't be read.
 * @param {File} file
 */
async function lighter(file) {
  if (file.size <= MOST_BYTES) return file;
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return blob instanceof Blob ? new File([blob], file.name, { type: blob.type }) : file;
}
