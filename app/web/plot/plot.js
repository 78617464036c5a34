// Plotly figures, each on nodes that last, so that zoom, hover and focus survive every update.

import { Acts } from "../lib/acts.js";
import { loadPlotly } from "../lib/plotly.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";
import { draw, end, fit } from "./drawing.js";
import { onKey } from "./keyboard.js";
import { createPlot } from "./lasting_plot.js";
import { onPress, placeMark } from "./scrubbing.js";

await stylesheet(new URL("plot.css", import.meta.url));

/**
 * @typedef {import("../wire.js").Plots} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const acts = /** @type {Acts<{do: "scrub", x: number | null}>} */ (new Acts());
  const plots = data.plots.map(() => createPlot(parent));
  const resizes = new ResizeObserver((entries) => {
    for (const plot of plots) for (const { target, contentRect } of entries) if (target === plot.root) fit(plot, contentRect.width);
  });
  for (const plot of plots) {
    resizes.observe(plot.root);
    plot.root.addEventListener("keydown", (event) => onKey(plot, event));
    plot.node.addEventListener("pointerdown", (event) => onPress(plot, event), true);
  }
  return { acts, plots, resizes };
}

/** @param {View} view */
function destroy({ acts, plots, resizes }) {
  acts.end();
  resizes.disconnect();
  plots.forEach(end);
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update({ acts, plots }, data, send) {
  acts.update(send, data.answered);
  data.plots.forEach(({ figure, description }, index) => {
    const plot = plots[index];
    plot.root.setAttribute(
      "aria-label",
      `${description} ${data.scrubs ? "Arrow keys choose an epoch, Escape goes back." : "Arrow keys move the cursor."}`,
    );
    plot.root.classList.toggle("plot-scrubs", data.scrubs);
    plot.scrub = data.scrubs ? (x) => acts.tellLatest({ do: "scrub", x }) : null;
    if (!acts.unanswered.length && !plot.waiting) plot.scrubbed = data.scrubbed; // else it was drawn before the last place was told
    placeMark(plot);
    const asText = JSON.stringify(figure);
    if (asText === plot.asText) return; // a place was chosen, nothing else has changed
    plot.asText = asText;
    plot.figure = plot.latest = /** @type {import("./figure.js").Figure} */ (figure);
  });
  // In one go, so that the browser lays out and paints once.
  loadPlotly(data.plotly).then(() => Promise.all(plots.map(draw)));
}
