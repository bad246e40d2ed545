/**
 * What the views share. A view is a function of `Ui` that builds a node once and returns it together with
 * `update(state)`, which is called after every change.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {{node: HTMLElement, update: (state: State) => void}} View
 *
 * @typedef {object} Ui
 * @property {import("../shared/contract.js").Lang} lang
 * @property {import("./words/zh.js").Words} words
 * @property {import("./session.js").Session} session
 * @property {(text: string, answer?: import("../shared/contract.js").Answer | null) => void} say sends as the buyer
 * @property {() => void} refocus gives the focus a place when what had it goes away
 * @property {(open: boolean) => void} toggle opens or minimises the panel
 * @property {() => boolean} isOpen
 * @property {() => void} switchLanguage
 * @property {(clause: string) => void} openClause
 * @property {(id: string) => void} openCase
 * @property {(camera: boolean) => void} choosePicture
 * @property {(path: string) => string | null} asset the address of a picture that the API names
 */

export {};
