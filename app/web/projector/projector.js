// Projector mode: larger type and no controls, for a lecture room. It is a class of the page, and lasts as long as the tab. The key P
// switches it while no field has the focus. The key can be switched off, for people who dictate or who hit keys by accident.
//
// Where controls are hidden, in this mode and on phones, a switch among the page's buttons shows them. That it is on is a class of the page
// too: a style that asks for it by ":has()" would have the browser style the whole page anew with each change anywhere. Each page has a switch
// of its own, so the class goes when the next page is drawn.

import { element } from "../lib/dom.js";
import { isTypedInto } from "../lib/keys.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";

await stylesheet(new URL("projector.css", import.meta.url));

const [MODE, KEY] = ["projector", "projectorKey"]; // what is kept in sessionStorage, and the key's switch in localStorage
const OFF = "off";
const SHOWS_CONTROLS = "shows-controls";
const CONTROLS_SWITCH = ".st-key-controls_open input";
const CHOSEN_BY_LETTERS = "select, [contenteditable=true], [role=combobox], [role=listbox], [role=menu], [role=menu] *";

/** @typedef {ReturnType<typeof create>} View */

show(sessionStorage[MODE] === "on");

export default lastingView({ create, update: showControls, destroy: ({ ended }) => ended.abort() });

/** @param {HTMLElement} parent */
function create(parent) {
  const ended = new AbortController();
  const { signal } = ended;
  const root = element("details", "projector-menu", parent);
  element("summary", "", root, { textContent: "Display", title: "Projector mode, and its key" });
  const list = element("div", "projector-list", root);
  const mode = checkbox(list, "Projector mode: larger type, no controls");
  const key = checkbox(list, "The key P switches it");
  mode.checked = isShown();
  key.checked = localStorage[KEY] !== OFF;
  mode.onchange = () => show(mode.checked);
  key.onchange = () => {
    localStorage[KEY] = key.checked ? "on" : OFF;
  };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!key.checked || event.key.toLowerCase() !== "p" || isTaken(event)) return;
    show(!isShown());
    mode.checked = isShown();
  };
  document.addEventListener("keydown", onKey, { signal });
  document.addEventListener("change", ({ target }) => target instanceof Element && target.matches(CONTROLS_SWITCH) && showControls(), {
    signal,
  });
  document.addEventListener("pointerdown", ({ target }) => target instanceof Node && !root.contains(target) && close(root), { signal });
  root.addEventListener("keydown", (event) => event.key === "Escape" && close(root));
  return { ended };
}

/** @param {Element} parent @param {string} label @returns {HTMLInputElement} */
function checkbox(parent, label) {
  const root = element("label", "", parent);
  const box = element("input", "", root, { type: "checkbox" });
  root.append(label);
  return box;
}

/** Whether a key is another's: of a field, the browser, or a view. @param {KeyboardEvent} event */
function isTaken({ target, altKey, ctrlKey, metaKey, repeat, defaultPrevented }) {
  const isTyped = isTypedInto(target) || (target instanceof Element && target.matches(CHOSEN_BY_LETTERS));
  return isTyped || altKey || ctrlKey || metaKey || repeat || defaultPrevented;
}

const isShown = () => document.documentElement.classList.contains(MODE);

/** @param {boolean} isOn */
function show(isOn) {
  document.documentElement.classList.toggle(MODE, isOn);
  sessionStorage[MODE] = isOn ? "on" : OFF;
}

/** Shows the page's controls where they are hidden, if their switch is on. */
function showControls() {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector(CONTROLS_SWITCH));
  document.documentElement.classList.toggle(SHOWS_CONTROLS, input?.checked ?? false);
}

/** @param {HTMLDetailsElement} root */
function close(root) {
  if (!root.open) return;
  const hadFocus = root.contains(document.activeElement);
  root.open = false;
  if (hadFocus) root.querySelector("summary")?.focus();
}
