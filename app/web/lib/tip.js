// A tooltip beside what it explains, one at a time: Escape, a press elsewhere and scrolling take it away.

import { use } from "./keys.js";
import { clamp } from "./numbers.js";
import { stylesheet } from "./style.js";

await stylesheet(new URL("tip.css", import.meta.url));

export const OPENS_AFTER = 500; // milliseconds that a pointer rests on what is explained
export const CLOSES_AFTER = 250; // milliseconds for its way to the tooltip
const GAP = 8; // pixels between the two

/** Closes the one that is open. @type {(() => void) | null} */
let close = null;

/**
 * Opens a tooltip in place of the one that is open.
 * @param {HTMLElement} tip a popover with the class `tip`
 * @param {HTMLElement} anchor what it explains
 * @param {(node: Node | null) => boolean} holds whether a press on a node leaves it open
 * @param {{onEscape?: () => void, onClose: () => void}} told before Escape closes it, and once it is closed
 * @returns {() => void} closes it
 */
export function openTip(tip, anchor, holds, { onEscape, onClose }) {
  const ended = new AbortController();
  const shut = () => {
    if (close !== shut) return;
    close = null;
    ended.abort();
    if (tip.isConnected) tip.hidePopover();
    onClose();
  };
  close?.();
  close = shut;
  tip.showPopover();
  place(anchor, tip);
  const listening = { capture: true, signal: ended.signal };
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    use(event);
    onEscape?.();
    shut();
  };
  document.addEventListener("keydown", onKey, listening);
  document.addEventListener("pointerdown", ({ target }) => holds(/** @type {Node | null} */ (target)) || shut(), listening);
  window.addEventListener("scroll", shut, listening);
  return shut;
}

/** Puts it to the left of what it explains, or where there is no room, below or above that. @param {HTMLElement} anchor @param {HTMLElement} tip */
function place(anchor, tip) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const [wide, tall] = [document.documentElement.clientWidth, window.innerHeight];
  const isBeside = tip.dataset.side !== "below" && box.left >= width + GAP;
  const below = box.bottom + height <= tall ? box.bottom : box.top - height;
  const left = isBeside ? box.left - width - GAP : clamp(box.left, 0, Math.max(wide - width, 0));
  const top = isBeside ? clamp(box.top, 0, Math.max(tall - height, 0)) : below;
  Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
}
