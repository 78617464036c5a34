// One plot: its nodes, which last, and what is drawn on them.

import { element } from "../lib/dom.js";

/**
 * @typedef {{lane: number, x: number}} Place of the cursor: on which trace, from top to bottom, and where along it
 * @typedef {ReturnType<typeof createPlot>} Plot
 */

/** @param {HTMLElement} parent */
export function createPlot(parent) {
  const root = element("div", "plot", parent, { tabIndex: 0, role: "group" });
  const sheet = element("div", "plot-sheet", root);
  const node = element("div", "plot-graph", sheet);
  const cursor = element("div", "plot-cursor", root);
  const mark = element("div", "plot-mark", root);
  const readout = element("p", "plot-readout", root, { role: "status" });
  return {
    root,
    sheet,
    node: /** @type {HTMLElement} */ (node),
    cursor,
    mark,
    readout,
    width: 0, // of the sheet in units, as its height
    height: 0,
    figure: /** @type {import("./figure.js").Figure | null} */ (null), // the newest
    latest: /** @type {import("./figure.js").Figure | null} */ (null), // the newest, until it is drawn
    asText: "", // the newest figure, as text
    graph: /** @type {import("./figure.js").Graph | null} */ (null), // `node`, once plotly has drawn in it
    isDrawing: false,
    isEnded: false,
    isDrawnNarrow: false,
    frame: "", // what is drawn beside lines, as text
    drawnWhole: 0, // when plotly drew last
    later: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), // until plotly draws what was moved
    at: /** @type {Place | null} */ (null), // of the cursor
    scrub: /** @type {((x: number | null) => void) | null} */ (null), // tells the place that was chosen, on a scrubber
    guess: /** @type {((x: number) => void) | null} */ (null), // tells a place beyond the last one, where that is asked for
    scrubbed: /** @type {number | null} */ (null), // the place that is shown as chosen
    waiting: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), // until the next place may be told
  };
}
