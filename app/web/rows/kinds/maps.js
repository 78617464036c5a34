// Feature maps at the cursor's time, a picture for each channel.

import { colorAt, cssColor } from "../../lib/color.js";
import { clamp } from "../../lib/numbers.js";
import { pickOf } from "../acts.js";
import { drawScale } from "../drawing.js";
import { digits } from "../reading.js";
import { largestSize } from "../sizes.js";
import { tileAt, tiling } from "../tiles.js";

/** @typedef {import("../../lib/received.js").Values} Values */
/** @typedef {import("../../wire.js").MapsRow} MapsRow */
/** @typedef {import("../stage.js").Stage} Stage */

const FADE = 0.75; // what a spike keeps of its darkness in a step
const REMEMBERED = 12; // steps

/** @type {import("./kinds.js").RowKind<MapsRow>} */
export const maps = {
  runsOver: "moment",
  lines: () => 1,
  draw(stage, row) {
    const { context, palette } = stage;
    const { cell, channelPlace, place } = tiling(stage, row.shape);
    const [count, tall, across] = row.shape;
    context.strokeStyle = palette.muted;
    context.lineWidth = 0.5;
    for (let channel = 0; channel < count; channel++) {
      const [x, y] = channelPlace(channel);
      context.strokeRect(x - 0.5, y - 0.5, across * cell + 1, tall * cell + 1);
    }
    const z = stage.arrays[row.z];
    const neurons = neuronsOf(row);
    const at = clamp(stage.at, 0, z.length / neurons - 1);
    if (row.spikes) {
      const shadeOf = spikeShades(z, neurons, at);
      context.fillStyle = palette.text;
      for (let neuron = 0; neuron < neurons; neuron++) {
        context.globalAlpha = Math.min(shadeOf(neuron), 1);
        if (context.globalAlpha) context.fillRect(...place(neuron), cell, cell);
      }
      context.globalAlpha = 1;
    } else {
      const largest = largestSize(z) || 1;
      const shareOf = (/** @type {number} */ value) => 0.5 + value / largest / 2;
      for (let neuron = 0; neuron < neurons; neuron++) {
        context.fillStyle = cssColor(colorAt(stage.ramps.potential, shareOf(z[at * neurons + neuron])));
        context.fillRect(...place(neuron), cell, cell);
      }
      drawScale(stage, stage.ramps.potential, [-largest, largest], shareOf);
    }
    if (row.selected == null) return;
    const [x, y] = place(row.selected);
    context.strokeStyle = palette.membrane;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, cell + 2, cell + 2);
  },
  hit(field, row, left, top) {
    const neuron = tileAt(field, row.shape, left, top);
    return neuron === null ? null : { neuron };
  },
  say({ arrays }, row, { time, neuron = row.selected ?? 0 }, who) {
    return `${who} neuron ${neuron} · time ${time} · ${digits(arrays[row.z][time * neuronsOf(row) + neuron])}`;
  },
  pick: (row, { neuron = row.selected ?? 0 }, add) => pickOf(row, add, { neuron }),
};

/** @param {MapsRow} row */
const neuronsOf = ({ shape: [count, tall, across] }) => count * tall * across;

/** Spikes fade over the next steps, so that playing them doesn't flicker. @param {Values} z @param {number} neurons @param {number} at */
const spikeShades = (z, neurons, at) => (/** @type {number} */ neuron) => {
  let shade = 0;
  for (let back = 0; back < Math.min(REMEMBERED, at + 1); back++) shade += Math.sign(z[(at - back) * neurons + neuron]) * FADE ** back;
  return shade;
};
