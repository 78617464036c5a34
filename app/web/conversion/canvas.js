// Canvases that are as large as the page lets them be, and sharp.

import { cleared, contextOf } from "../lib/dom.js";
import { unit } from "../lib/unit.js";

/** What is painted on, in units. @typedef {{context: Context, width: number, height: number}} Stage */
/** @typedef {import("../neuron/painting.js").Context} Context */

/** The context of a canvas in units, cleared, and its size. @param {HTMLCanvasElement} canvas @param {boolean} [clears] @returns {Stage} */
export function fitted(canvas, clears = true) {
  const holder = /** @type {HTMLElement} */ (canvas.parentElement);
  const [width, height] = [holder.clientWidth / unit(), holder.clientHeight / unit()];
  return { context: clears ? cleared(canvas, width, height).context : contextOf(canvas), width, height };
}

/** Where a pointer is on an element, in units. @param {Element} node @param {PointerEvent | MouseEvent} event @returns {[number, number]} */
export function placeOn(node, event) {
  const { left, top } = node.getBoundingClientRect();
  return [(event.clientX - left) / unit(), (event.clientY - top) / unit()];
}
