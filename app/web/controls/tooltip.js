// What a row's parameter does, and values to try of it: shown while the pointer rests on the row, or its name has the focus or was pressed.
// It stands beside the row or below it, never over it, and Escape takes it away.

import { button, element, setText } from "../lib/dom.js";
import { calm } from "../lib/motion.js";
import { CLOSES_AFTER, OPENS_AFTER, openTip } from "../lib/tip.js";

/** @typedef {import("./rows.js").Host} Host */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{fill: (row: Row) => void}} Tooltip */

const TRY_TIME = 600; // milliseconds that a slider takes to a value that is tried

/**
 * @param {Host} host
 * @param {{row: Row, root: HTMLElement, title: HTMLElement}} control
 * @param {string} id of what it says, for the widgets that it describes
 * @returns {Tooltip}
 */
export function createTooltip(host, control, id) {
  const { root, title } = control;
  const tip = element("div", "tip control-tip", null, { popover: "manual" });
  title.after(tip); // so that Tab leads from the name to the values to try
  const note = element("p", "", tip, { id });
  const tries = element("div", "", tip);
  /** @type {Row | undefined} */
  let filled;
  let said = "";
  if (title instanceof HTMLButtonElement) listen(root, title, tip);
  return {
    fill(row) {
      if (row === filled) return;
      filled = row;
      const now = JSON.stringify([row.note, row.tries]);
      if (said === now) return;
      said = now;
      setText(note, row.note);
      tries.replaceChildren();
      for (const { words, value } of row.tries) button(tries, words, () => tryValue(host, control.row, value));
    },
  };
}

/** @param {HTMLElement} root @param {HTMLButtonElement} title @param {HTMLElement} tip */
function listen(root, title, tip) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Closes the tooltip; null where it is closed. @type {(() => void) | null} */
  let close = null;
  let isPinned = false; // by a press on the name
  Object.assign(title, { type: "button", ariaExpanded: "false" });

  const holds = (/** @type {Node | null} */ node) => title.contains(node) || tip.contains(node); // whoever drags looks at the plots
  const onEscape = () => tip.contains(document.activeElement) && title.focus();
  const onClose = () => {
    clearTimeout(timer);
    close = null;
    isPinned = false;
    title.ariaExpanded = "false";
  };
  const hide = () => {
    clearTimeout(timer);
    close?.();
  };
  function show() {
    clearTimeout(timer);
    if (close || !root.isConnected) return;
    close = openTip(tip, root, holds, { onEscape, onClose });
    title.ariaExpanded = "true";
  }
  const later = (/** @type {() => void} */ what, /** @type {number} */ wait) => {
    clearTimeout(timer);
    timer = setTimeout(what, wait);
  };
  title.onclick = () => {
    if (isPinned) return hide();
    show();
    isPinned = true;
  };
  title.onfocus = () => {
    if (title.matches(":focus-visible")) show();
  };
  root.addEventListener("focusout", ({ relatedTarget }) => {
    if (!isPinned && !holds(/** @type {Node | null} */ (relatedTarget))) hide();
  });
  root.onpointerenter = ({ pointerType, buttons }) => {
    if (pointerType === "mouse" && !buttons) later(show, OPENS_AFTER);
  };
  root.onpointerleave = () => {
    if (!isPinned && !tip.contains(document.activeElement)) later(hide, CLOSES_AFTER);
  };
  root.onpointerdown = () => clearTimeout(timer);
}

/** Moves the slider to the value before one's eyes. @param {Host} host @param {Row} row @param {unknown} value */
function tryValue(host, row, value) {
  host.finishTrying?.();
  const { path } = row;
  if (path === undefined) return;
  const before = host.valueAt(path);
  if (row.widget !== "number" || typeof value !== "number" || typeof before !== "number" || calm.matches) {
    return host.act({ do: "edit", changes: { [path]: value } });
  }
  const begin = performance.now();
  let frame = 0;
  const put = (/** @type {number} */ now) => host.change({ [path]: now });
  const finish = () => {
    cancelAnimationFrame(frame);
    host.finishTrying = null;
    put(value);
    host.commit();
  };
  const move = (/** @type {number} */ now) => {
    const share = Math.max(now - begin, 0) / TRY_TIME;
    if (share >= 1) return finish();
    const between = before + (value - before) * share;
    put(row.isWhole ? Math.round(between) : Number(between.toFixed(2)));
    frame = requestAnimationFrame(move);
  };
  host.finishTrying = finish;
  move(begin);
}
