// Figures as Python makes them, and as plotly holds them once they are drawn.

/**
 * What the cursor says at a trace's values; it passes over a trace that has none.
 * @typedef {object} TraceMeta
 * @property {string} label
 * @property {string} x what lies along
 * @property {string} value what the numbers are; a trace's `text` is said instead where it has some
 * @property {"wide" | "narrow"} [only] the layout in which it is drawn, if not in both
 *
 * @typedef {object} LayoutMeta
 * @property {[number, number]} [readout] from where to where the cursor's words stand on the first line, as parts of the plot's width
 * @property {number} [least] the fewest pixels for which the wide layout is meant
 *
 * @typedef {import("./path.js").Packed} Packed
 * @typedef {{mode?: string, fill?: string, x: Packed | number[], y: Packed | number[], meta?: TraceMeta}} Trace
 * @typedef {{meta?: LayoutMeta}} Layout
 * @typedef {{data: Trace[], layout: Layout, narrow?: Layout | null}} Figure
 *
 * @typedef {import("../lib/plotly.js").Axis} Axis
 * @typedef {{x: number[], y: number[], text?: string[], xaxis: string, yaxis: string, meta?: TraceMeta}} FullTrace
 * @typedef {{[axis: `${"x" | "y"}axis${string}`]: Axis, width: number, height: number, margin: import("../lib/plotly.js").Margin,
 *   meta?: LayoutMeta}} FullLayout
 * @typedef {object} Drawing
 * @property {FullTrace[]} _fullData
 * @property {FullLayout} _fullLayout
 * @property {{node3?: {select: (part: string) => import("../lib/plotly.js").Selection}}[][]} calcdata
 * @property {(event: string, handler: (event: {points: {x: number, fullData: FullTrace}[]}) => void) => void} on
 *
 * @typedef {HTMLElement & Drawing} Graph a node in which plotly has drawn
 */

/**
 * The axis that plotly calls "x", "y2" and so on in a trace.
 * @param {Graph} graph @param {string} [id]
 * @returns {Axis}
 */
export const axisOf = (graph, id = "x") => graph._fullLayout[/** @type {`xaxis${string}`} */ (`${id[0]}axis${id.slice(1)}`)];

/** The x axes of all panels. @param {Graph} graph @returns {Axis[]} */
export const axesAlong = ({ _fullLayout }) =>
  Object.keys(_fullLayout)
    .filter((name) => name.startsWith("xaxis"))
    .map((name) => _fullLayout[/** @type {`xaxis${string}`} */ (name)]);

/** What the cursor can stand on: the traces from top to bottom. @param {Graph} graph */
export function lanes(graph) {
  /** @param {FullTrace} trace */
  const top = (trace) => axisOf(graph, trace.yaxis ?? "y").domain[1];
  return graph._fullData.filter(({ meta }) => meta).sort((one, other) => top(other) - top(one));
}
