// The part of the page that a picture shows: plots and rows, each where it stands. Of the other components this knows the classes of their
// nodes, and of the neuron's and the conversion's that their views paint themselves.

import { unit } from "../lib/unit.js";
import { viewAt } from "../lib/view.js";

const MARGIN = 12; // pixels of the page around what is shown

/**
 * @typedef {{left: number, top: number, width: number, height: number}} Box in pixels of the window
 * @typedef {CanvasRenderingContext2D | import("./svg_context.js").SvgContext} Context
 * @typedef {Box & {paint: (context: Context) => void}} Painting in units from `left`, `top`
 *
 * @typedef {{nodes: HTMLElement[], left: number, top: number, width: number, height: number, background: string}} Sheet
 */

/**
 * The part of the window that the nodes take, with a margin, in pixels.
 * @param {string} selector
 * @returns {Sheet | null} null where none of the nodes is seen
 */
export function sheetOf(selector) {
  const nodes = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))].filter((node) => node.clientWidth > 0);
  if (!nodes.length) return null;
  const boxes = nodes.flatMap((node) => (isPainted(node) ? paintings(node) : /** @type {Box[]} */ ([node.getBoundingClientRect()])));
  const [left, top] = [Math.min(...boxes.map((box) => box.left)) - MARGIN, Math.min(...boxes.map((box) => box.top)) - MARGIN];
  const width = Math.ceil(Math.max(...boxes.map((box) => box.left + box.width)) + MARGIN - left);
  const height = Math.ceil(Math.max(...boxes.map((box) => box.top + box.height)) + MARGIN - top);
  return { nodes, left, top, width, height, background: getComputedStyle(nodes[0]).getPropertyValue("--st-background-color") };
}

/** Whether the node's view paints itself. @param {Element} node */
export const isPainted = (node) => node.matches(".neuron, .conversion");

/** @param {Context} context @param {HTMLElement} node */
export function paint(context, node) {
  for (const painting of paintings(node)) {
    context.save();
    context.translate(painting.left, painting.top);
    context.scale(unit(), unit());
    painting.paint(context);
    context.restore();
  }
}

/** @param {HTMLElement} node @returns {Painting[]} */
const paintings = ({ parentElement }) =>
  /** @type {{painted: () => Painting[]} | undefined} */ (parentElement && viewAt(parentElement))?.painted() ?? [];

/** The node of a plot that plotly has drawn in. @param {HTMLElement} node */
export const graphOf = (node) => /** @type {HTMLElement} */ (node.querySelector(".plot-graph"));
