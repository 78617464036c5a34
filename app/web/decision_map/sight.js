// What is seen of the maps: how large they are, and what their colours mean.

import { element } from "../lib/dom.js";
import { rem, unit } from "../lib/unit.js";
import { drawPlane, drawScale, drawTiles, fitSquare } from "./drawing.js";
import { layout } from "./places.js";

/** @typedef {import("./decision_map.js").View} View */
/** @typedef {import("./decision_map.js").Mode} Mode */

export const SIZES = { least: 24, most: 48, gap: 28, smallest: 160 }; // units; a tile is a finger's target at least; the gap has the tiles' caption

/** @param {View} view */
export function redraw(view) {
  const { body, plane, hidden, tiles, neurons } = view;
  const [width, height] = [body.clientWidth / unit(), body.clientHeight / unit()];
  if (width < SIZES.least) return;
  view.layout = layout(width, height, neurons.length, SIZES);
  const { map, columns, rows, tile, beside } = view.layout;
  body.classList.toggle("decision-beside", beside);
  fitSquare(plane, map, map);
  drawPlane(view);
  hidden.hidden = !neurons.length;
  if (neurons.length) {
    fitSquare(tiles, columns * tile, rows * tile);
    drawTiles(view);
  }
  legend(view);
}

/** What the colours mean. @param {View} view */
function legend(view) {
  const { header } = view.data;
  const { text, background } = header.palette;
  const neuron = view.tile === null ? null : view.neurons[view.tile];
  const scale = neuron ? [`${neuron.name}, neuron ${neuron.neuron}: 0`, `${neuron.most} spikes`] : scales(view)[view.mode];
  const shown = JSON.stringify([scale, header.classes.map(({ name, color }) => [name, color]), view.mode, text]);
  if (view.legend.dataset.shown === shown) return;
  view.legend.dataset.shown = shown;
  view.legend.replaceChildren();
  if (!neuron && view.mode !== "time") {
    for (const { name, color } of header.classes) {
      const entry = element("span", "decision-class", view.legend);
      element("span", "decision-swatch", entry).style.background = color;
      entry.append(name);
    }
  }
  if (!scale) return;
  const entry = element("span", "decision-class", view.legend);
  entry.append(scale[0]);
  const bar = element("canvas", "decision-scale", entry, { ariaHidden: "true" });
  entry.append(scale[1]);
  bar.style.width = rem(48);
  drawScale(bar, neuron || view.mode === "margin" ? [background, text] : [text, background]);
}

/** The ends of the scale of each mode. @param {View} view @returns {Record<Mode, string[] | null>} */
function scales({ data: { header } }) {
  return {
    answer: null,
    margin: ["margin 0", Number(header.largest.toPrecision(2)).toString()],
    time: [`${header.timing} step 0`, String(header.steps - 1)],
  };
}
