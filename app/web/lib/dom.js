// Making and changing nodes.

import { unit } from "./unit.js";

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Node | null} [parent] takes the new node at its end
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, parent, properties = {}) {
  const made = Object.assign(document.createElement(tag), { className, ...properties });
  parent?.appendChild(made);
  return made;
}

/**
 * @param {Node | null} parent
 * @param {string} label
 * @param {() => void} onclick
 * @param {Partial<HTMLButtonElement>} [more]
 */
export const button = (parent, label, onclick, more) =>
  element("button", "", parent, { type: "button", textContent: label, onclick, ...more });

/**
 * Leaves a node alone that says so already, since screen readers would read it again.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Puts the children in this order without touching those that are in place, so that focus stays.
 * @param {Element} parent
 * @param {Element[]} children
 */
export function placeChildren(parent, children) {
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild?.remove();
}

/** The context of a canvas. @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export const contextOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * Fits a canvas to its size on the page, in whole device pixels. Setting a canvas's size clears it, so it is left alone where it fits.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in units
 * @param {number} height
 * @returns {number} device pixels per unit
 */
export function fitCanvas(canvas, width, height) {
  const perPixel = window.devicePixelRatio || 1;
  const scale = perPixel * unit();
  const [wide, tall] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== tall) {
    Object.assign(canvas, { width: wide, height: tall });
    canvas.style.height = `${tall / perPixel}px`;
  }
  return scale;
}

/**
 * The context of a canvas that is as sharp as the screen, in units, and wiped clean; and its device pixels per unit.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width in units
 * @param {number} height
 */
export function cleared(canvas, width, height) {
  const scale = fitCanvas(canvas, width, height);
  const context = contextOf(canvas);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.textRendering = "geometricPrecision"; // else letters stand unevenly at sizes between whole pixels
  return { context, scale };
}

/** A canvas as large as it is on the page, wiped clean, and its size in device pixels. @param {HTMLCanvasElement} canvas */
export function clearedPixels(canvas) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((length) => Math.round(length * scale));
  Object.assign(canvas, { width, height }); // which clears it
  return { context: contextOf(canvas), width, height, scale };
}
