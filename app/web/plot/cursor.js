// The cursor and its words.

import { clamp } from "../lib/numbers.js";
import { rem } from "../lib/unit.js";
import { axisOf, lanes } from "./figure.js";

/**
 * @typedef {import("./figure.js").Graph} Graph
 * @typedef {import("./lasting_plot.js").Place} Place
 * @typedef {import("./lasting_plot.js").Plot} Plot
 */

/** Moves the cursor to the nearest value of its trace. @param {Plot} plot @param {Graph} graph @param {Place} place */
export function moveTo(plot, graph, { lane, x }) {
  const trace = lanes(graph)[lane];
  if (trace) standAt(plot, graph, { lane, x: trace.x[nearest(trace.x, x, plot.at?.lane === lane ? plot.at.x : null)] });
}

/**
 * Puts the cursor on a place of a trace, and says in words what is there; where no value is drawn, the place alone.
 * @param {Plot} plot @param {Graph} graph @param {Place} at
 */
export function standAt(plot, graph, at) {
  const trace = lanes(graph)[at.lane];
  if (!trace?.meta) return;
  const { label, x: along, value: what } = trace.meta;
  const index = trace.x.indexOf(at.x);
  const said = index < 0 ? [] : [trace.text ? trace.text[index] : inWords(what, trace.y[index])];
  plot.at = at;
  plot.readout.textContent = [label, `${along} ${inBrief(at.x)}`, ...said].join(" · ");
  placeCursor(plot);
}

/** Takes the cursor away. @param {Plot} plot */
export function leave(plot) {
  plot.at = null;
  plot.readout.textContent = "";
  placeCursor(plot);
}

/** @param {string} what @param {number} value */
const inWords = (what, value) => (Number.isFinite(value) ? `${what} ${Number(value.toPrecision(4))}` : `no ${what}`);

/** A place with the digits it deserves: what is no whole number comes as float32. @param {number} x */
const inBrief = (x) => (Number.isInteger(x) ? x : Number(x.toPrecision(6)));

/**
 * The place of the value next to `to`; from `from` on, at least one place in its direction where there is one.
 * @param {ArrayLike<number>} values @param {number} to @param {number | null} from
 */
function nearest(values, to, from) {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (Math.abs(values[index] - to) < Math.abs(values[best] - to)) best = index;
  if (from != null && values[best] === from) best = clamp(best + Math.sign(to - from), 0, values.length - 1);
  return best;
}

/** The readout stands on the figure's first line. @param {Plot} plot @param {Graph} graph */
export function placeReadout({ readout }, graph) {
  const { meta, margin, width } = graph._fullLayout;
  const [left, right] = meta?.readout ?? [0, 1];
  const size = width - margin.l - margin.r;
  Object.assign(readout.style, { left: rem(margin.l + left * size), width: rem((right - left) * size) });
}

/** @param {Plot} plot */
export function placeCursor({ graph, at, cursor }) {
  if (!graph) return;
  const trace = at && lanes(graph)[at.lane];
  const axis = trace && axisOf(graph, trace.xaxis);
  const offset = axis ? axis._offset + axis.l2p(at.x) : 0;
  const isVisible = axis && offset >= axis._offset - 1 && offset <= axis._offset + axis._length + 1;
  cursor.style.display = isVisible ? "block" : "none";
  if (!isVisible) return;
  const { height, margin } = graph._fullLayout;
  Object.assign(cursor.style, { left: rem(offset), top: rem(margin.t), height: rem(height - margin.t - margin.b) });
}
