// Plotly figures, each on nodes that last, so that zoom, hover and focus survive every update.

import { Acts } from "../lib/acts.js";
import { element } from "../lib/dom.js";
import { loadPlotly } from "../lib/plotly.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { followUnit } from "../lib/unit.js";
import { draw, end, fit, reserve } from "./drawing.js";
import { asText, figuresOf } from "./figure.js";
import { onKey } from "./keyboard.js";
import { createPlot } from "./lasting_plot.js";
import { onPress, placeMark } from "./scrubbing.js";

await stylesheet(new URL("plot.css", import.meta.url));

/**
 * @typedef {import("../lib/sent_view.js").Data<import("../wire.js").Plots>} Data
 * @typedef {ReturnType<typeof create>} View
 * @typedef {import("./lasting_plot.js").Plot} Plot
 */

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const acts = /** @type {Acts<import("../wire.js").PlotAct>} */ (new Acts());
  const plots = data.header.layouts.map(() => createPlot(parent));
  const ended = new AbortController();
  const resizes = new ResizeObserver(() => plots.forEach(fit));
  followUnit(() => plots.forEach(fit), ended.signal);
  for (const plot of plots) {
    resizes.observe(plot.sheet);
    plot.root.addEventListener("keydown", (event) => onKey(plot, event));
    plot.node.addEventListener("pointerdown", (event) => onPress(plot, event), true);
  }
  return { acts, plots, resizes, ended, data: /** @type {Data | null} */ (null) };
}

/** @param {View} view */
function destroy({ plots, resizes, ended }) {
  ended.abort();
  resizes.disconnect();
  plots.forEach(end);
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const { acts, plots } = view;
  const { descriptions, grows, scrubs, guesses, scrubbed, answered, plotly } = data.header;
  acts.update(send, answered);
  const figures = view.data === data ? null : figuresOf(data); // plotly writes into those that it has drawn
  view.data = data;
  plots.forEach((plot, index) => {
    const keys = scrubs ? "Arrow keys choose an epoch, Escape goes back." : "Arrow keys move the cursor.";
    plot.root.setAttribute("aria-label", `${descriptions[index]} ${keys}`);
    plot.root.classList.toggle("plot-scrubs", scrubs);
    plot.guess = guesses ? (x) => acts.tell({ do: "guess", x }) : null;
    plot.root.classList.toggle("plot-grows", grows);
    plot.scrub = scrubs ? (x) => acts.tellLatest({ do: "scrub", x }) : null;
    if (!acts.unanswered.length && !plot.waiting) plot.scrubbed = scrubbed; // else it was drawn before the last place was told
    placeMark(plot);
    const figure = figures?.[index];
    const text = figure ? asText(figure) : plot.asText;
    if (!figure || text === plot.asText) return; // a place was chosen, nothing else has changed
    plot.asText = text;
    plot.figure = plot.latest = figure;
    reserve(plot, figure);
  });
  // In one go, so that the browser lays out and paints once.
  loadPlotly(plotly).then(
    () => {
      tellMissing(plots, "");
      return Promise.all(plots.map(draw));
    },
    ({ message }) => tellMissing(plots, `This plot could not be drawn: ${message}. Reload the page.`),
  );
}

/** Says where the plots would be why they aren't there. @param {Plot[]} plots @param {string} textContent empty once they can be drawn */
function tellMissing(plots, textContent) {
  for (const { root } of plots) {
    root.querySelector(".plot-missing")?.remove();
    if (textContent) element("p", "plot-missing", root, { role: "alert", textContent });
  }
}
