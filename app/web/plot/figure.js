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
 * @typedef {{mode?: string, fill?: string, x: ArrayLike<number>, y: ArrayLike<number>, meta?: TraceMeta}} Trace
 * @typedef {{height: number, meta?: LayoutMeta}} Layout in units
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

/**
 * The figures that data from Python stand for.
 * @param {import("./plot.js").Data} data
 * @returns {Figure[]}
 */
export function figuresOf({ header: { traces, layouts }, arrays }) {
  const all = traces.map((trace) => /** @type {Trace} */ (withArrays(trace, arrays)));
  let first = 0;
  return layouts.map(({ traces: count, layout, narrow }) => {
    const data = all.slice(first, first + count);
    first += count;
    return { data, layout: wholeLayout(layout), narrow: narrow && wholeLayout(narrow) };
  });
}

/** @param {object[]} pieces @returns {Layout} */
const wholeLayout = (pieces) => Object.assign({}, ...pieces);

/** @param {Record<string, unknown>} trace @param {import("../lib/received.js").Values[]} arrays */
const withArrays = (trace, arrays) =>
  Object.fromEntries(Object.entries(trace).map(([name, value]) => [name, isPlace(value) ? arrays[value.array] : value]));

/** @param {unknown} value @returns {value is {array: number}} */
const isPlace = (value) => value !== null && typeof value === "object" && "array" in value && typeof value.array === "number";

/** @type {WeakMap<object, string>} */
const names = new WeakMap();
let named = 0;

/** Figures, or parts of them, as text that is equal where they are: equal arrays are one object. @param {unknown} figure */
export const asText = (figure) => JSON.stringify(figure, (_, value) => (ArrayBuffer.isView(value) ? nameOf(value) : value));

/** @param {object} array */
function nameOf(array) {
  const name = names.get(array) ?? `array ${++named}`;
  names.set(array, name);
  return name;
}
