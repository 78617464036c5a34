// plotly.js, loaded once from the app itself, and what the views read of the graphs that it draws: plotly brings no types of its own.

/**
 * An axis, drawn.
 * @typedef {object} Axis
 * @property {number} _offset units from the left or top edge of the graph
 * @property {number} _length in units
 * @property {[number, number]} domain the part of the graph that it takes, from the left or the bottom
 * @property {(value: number) => number} c2p units from its begin
 * @property {(value: number) => number} l2p
 * @property {(pixel: number) => number} p2l
 *
 * @typedef {{l: number, r: number, t: number, b: number}} Margin in units
 *
 * @typedef {{attr: (name: string, value: string) => void}} Selection
 *
 * @typedef {object} Plotly
 * @property {(node: Element, data: object[], layout: object, config: object) => Promise<unknown>} react
 * @property {(node: Element) => void} purge
 * @property {(node: Element, options: object) => Promise<string>} toImage
 * @property {{unhover: (node: Element) => void}} Fx
 */

/** @type {Promise<void> | null} */
let loads = null;

/** @param {string} address @returns {Promise<void>} */
export function loadPlotly(address) {
  loads ??= new Promise((resolve, reject) => {
    if ("Plotly" in window) return resolve();
    const script = Object.assign(document.createElement("script"), { src: new URL(address, document.baseURI).href });
    script.onload = () => resolve();
    script.onerror = () => {
      loads = null; // the next figure tries again
      reject(new Error(`plotly.js could not be loaded from ${script.src}`));
    };
    document.head.append(script);
  });
  return loads;
}

/** Plotly, once it is loaded. */
export const plotly = () => /** @type {{Plotly: Plotly}} */ (/** @type {unknown} */ (window)).Plotly;
