// Keys that press buttons of the page while a plot has the focus, Escape in all of an insight and n there where nothing is typed; a button that is disabled isn't
// pressed, and the key of one that is gone stays the browser's. What the plots do with a key themselves comes first.

import { isUsed, TYPED_INTO } from "../lib/keys.js";
import { lastingView } from "../lib/view.js";

const PLOTS = ".plot, .rows, .wall-body, .decision-plane, .decision-tiles";
const INSIGHT = ".st-key-insight *";
const TAKES_LETTERS = `${TYPED_INTO}, select, [contenteditable]`;

/** Where a key acts; others while a plot has the focus. A plot that goes with its phase leaves the focus to the body. @type {Record<string, string>} */
const PLACES = { Escape: `${PLOTS}, ${INSIGHT}`, n: `${PLOTS}, .st-key-insight :not(${TAKES_LETTERS}), body:has(.st-key-insight)` };

/**
 * @typedef {import("../wire.js").Shortcuts} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy: ({ ends }) => ends.abort() });

/** @param {HTMLElement} _parent @param {Data} data */
function create(_parent, { buttons }) {
  const view = { buttons, ends: new AbortController() };
  document.addEventListener("keydown", (event) => onKey(event, view.buttons), { signal: view.ends.signal });
  return view;
}

/** @param {View} view @param {Data} data */
function update(view, { buttons }) {
  view.buttons = buttons;
}

/** @param {KeyboardEvent} event @param {Data["buttons"]} buttons */
function onKey(event, buttons) {
  if (isUsed(event) || event.repeat || !Object.hasOwn(buttons, event.key)) return;
  if (!(event.target instanceof Element) || !event.target.matches(PLACES[event.key] ?? PLOTS)) return;
  const button = document.querySelector(`.st-key-${buttons[event.key]} button`);
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  button.click(); // does nothing while it is disabled
}
