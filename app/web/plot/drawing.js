// Drawing figures with plotly, and lines that grow without it: each of its drawings takes some 30 ms.

import { plotly } from "../lib/plotly.js";
import { rem, unit } from "../lib/unit.js";
import { moveTo, placeCursor, placeReadout } from "./cursor.js";
import { asText, axisOf, lanes } from "./figure.js";
import { pathThrough } from "./path.js";
import { placeMark } from "./scrubbing.js";

const NARROW = 500; // units
const WHOLE_INTERVAL = 1000; // milliseconds between two drawings by plotly while nothing but lines changes
const CONFIG = { displayModeBar: false, doubleClick: "reset", responsive: false };

/**
 * @typedef {import("./figure.js").Figure} Figure
 * @typedef {import("./figure.js").Graph} Graph
 * @typedef {import("./figure.js").Trace} Trace
 * @typedef {import("./lasting_plot.js").Plot} Plot
 */

/** Draws the newest figure; figures that arrived while one was being drawn are left out. @param {Plot} plot */
export async function draw(plot) {
  if (plot.isDrawing) return;
  plot.isDrawing = true;
  try {
    for (let figure = plot.latest; figure; figure = plot.latest) {
      plot.latest = null;
      await drawFigure(plot, figure);
      plot.root.dataset.drawn = String(Number(plot.root.dataset.drawn ?? 0) + 1);
    }
  } finally {
    plot.isDrawing = false;
    if (plot.isEnded) purge(plot);
  }
}

/** @param {Plot} plot @param {Figure} figure */
async function drawFigure(plot, figure) {
  plot.isDrawnNarrow = isNarrow(plot, figure);
  const layout = { ...layoutOf(plot, figure), autosize: false, width: plot.width, height: plot.height };
  const unseen = plot.isDrawnNarrow ? "wide" : "narrow";
  const traces = figure.data.filter(({ meta }) => meta?.only !== unseen);
  const frame = asText([layout, traces.map((trace) => (isLine(trace) ? { ...trace, x: null, y: null } : trace))]);
  if (plot.graph && frame === plot.frame && performance.now() - plot.drawnWhole < WHOLE_INTERVAL) {
    moveLines(plot.graph, traces);
    plot.later ??= setTimeout(() => drawWhole(plot), WHOLE_INTERVAL);
    return;
  }
  await plotly().react(plot.node, traces, layout, CONFIG);
  plot.graph ??= listenTo(plot);
  placeAll(plot, plot.graph);
  Object.assign(plot, { frame, drawnWhole: performance.now() });
}

/** Hears of the graph that plotly has drawn. @param {Plot} plot */
function listenTo(plot) {
  const graph = /** @type {Graph} */ (plot.node);
  graph.on("plotly_hover", ({ points: [at] }) => moveTo(plot, graph, { lane: lanes(graph).indexOf(at.fullData), x: at.x }));
  graph.on("plotly_relayout", () => placeAll(plot, graph));
  return graph;
}

/** Makes room for a figure, before it is drawn. @param {Plot} plot @param {Figure} figure */
export function reserve(plot, figure) {
  const { sheet } = plot;
  sheet.style.setProperty("--least", rem(layoutOf(plot, figure).height));
  Object.assign(plot, { width: sheet.clientWidth / unit(), height: sheet.clientHeight / unit() });
}

/** Draws the plot for the size that it has come to; narrow places have a layout of their own. @param {Plot} plot */
export function fit(plot) {
  const { sheet, figure, graph, width, height } = plot;
  if (!figure || !sheet.clientWidth) return;
  reserve(plot, figure);
  if (!graph || (plot.width === width && plot.height === height)) return;
  plot.latest = figure;
  draw(plot);
}

/** @param {Plot} plot */
export function end(plot) {
  plot.isEnded = true;
  plot.latest = null;
  clearTimeout(plot.later);
  clearTimeout(plot.waiting);
  if (!plot.isDrawing) purge(plot);
}

/** @param {Plot} plot */
function purge(plot) {
  if (plot.graph) plotly().purge(plot.graph);
  plot.graph = null;
}

/** @param {Plot} plot @param {Figure} figure */
const isNarrow = ({ sheet }, { layout }) => sheet.clientWidth / unit() < (layout.meta?.least ?? NARROW);

/** @param {Plot} plot @param {Figure} figure */
const layoutOf = (plot, figure) => (isNarrow(plot, figure) && figure.narrow) || figure.layout;

/** @param {Plot} plot @param {Graph} graph */
function placeAll(plot, graph) {
  placeReadout(plot, graph);
  placeCursor(plot);
  placeMark(plot);
}

// -------------------------------------------------------------------------------------------- lines that grow

/** @param {Trace} trace */
const isLine = ({ mode, fill }) => mode === "lines" && !fill;

/**
 * Moves the lines alone; what the cursor reads and the keys choose from follows with the next whole drawing.
 * @param {Graph} graph @param {Trace[]} traces
 */
function moveLines(graph, traces) {
  traces.forEach((trace, index) => {
    if (!isLine(trace)) return;
    const { xaxis, yaxis } = graph._fullData[index];
    const [along, up] = [xaxis, yaxis].map((id) => axisOf(graph, id));
    const line = graph.calcdata[index][0].node3?.select("path.js-line");
    const [x, y] = [Array.from(trace.x, (value) => along.c2p(value)), Array.from(trace.y, (value) => up.c2p(value))];
    line?.attr("d", pathThrough(x, y));
  });
}

/** @param {Plot} plot */
function drawWhole(plot) {
  plot.later = undefined;
  if (!plot.graph) return;
  plot.latest ??= plot.figure;
  plot.drawnWhole = 0;
  draw(plot);
}
