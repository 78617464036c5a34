// One neuron on one sample: the input that it received, its membrane potential, and its rate so far beside the activation it stands for.

import { fitted } from "./canvas.js";
import { line, paintAxes, plane, through, toPixel } from "./plane.js";

/** @typedef {import("./conversion.js").View} View */
/** @typedef {import("../wire.js").ConversionNeuron} Neuron */

const LANES = 3;
const DASHES = [6, 4];

/** The rates after each step. @param {ArrayLike<number>} sent spikes, or values, of each step @returns {number[]} */
export function ratesSoFar(sent) {
  let sum = 0;
  return Array.from(sent, (value, at) => {
    sum += value;
    return sum / (at + 1);
  });
}

/** @param {number[]} values @returns {[number, number]} */
const rangeOf = (values) => [Math.min(0, ...values), Math.max(...values)];

/** @param {View} view @param {import("./canvas.js").Stage} [stage] */
export function paintTrace(view, stage) {
  const { header, arrays } = view.data;
  const { neuron, palette } = header;
  if (!neuron) return;
  const { context, width, height } = stage ?? fitted(view.trace.canvas);
  const [z, u, v, s] = [neuron.z, neuron.u, neuron.v, neuron.s].map((array) => Array.from(arrays[array]));
  const isSpiking = neuron.threshold > 0;
  const isWide = width > 560;
  const size = isWide ? width / LANES : width;
  const tall = isWide ? height : height / LANES;
  const lanes = [
    { name: "input", lines: [{ values: z, color: palette.input }], level: null },
    {
      name: "u, then v",
      lines: [{ values: u, color: palette.membrane }],
      level: isSpiking ? neuron.threshold : null,
      color: palette.threshold,
    },
    {
      name: isSpiking ? "spikes per step so far" : "mean so far",
      lines: [{ values: ratesSoFar(isSpiking ? s : z), color: palette.text }],
      level: neuron.activation,
      color: palette.compared,
    },
  ];
  lanes.forEach(({ name, lines, level, color }, place) => {
    context.save();
    context.translate(isWide ? place * size : 0, isWide ? 0 : place * tall);
    const range = rangeOf([...lines.flatMap(({ values }) => values), ...(place === 1 ? v : []), level ?? 0]);
    const on = plane(size, tall, [1, z.length], range);
    paintAxes(context, on, palette, { x: "step", y: name, most: 4 });
    for (const { values, color: stroke } of lines) {
      Object.assign(context, { strokeStyle: stroke, lineWidth: 1.8 });
      if (place === 1) drops(context, on, values, v);
      else through(context, on, values, 1);
    }
    if (level !== null) {
      Object.assign(context, { strokeStyle: color ?? palette.muted, lineWidth: 1.4 });
      context.setLineDash(DASHES);
      line(context, on.x.pixels[0], toPixel(on.y, level), on.x.pixels[1], toPixel(on.y, level));
      context.setLineDash([]);
    }
    Object.assign(context, { strokeStyle: palette.muted, lineWidth: 1 });
    line(context, toPixel(on.x, view.steps), on.y.pixels[0], toPixel(on.x, view.steps), on.y.pixels[1]);
    context.restore();
  });
}

/** The potential before the reset and, straight below it, after. @param {import("./canvas.js").Context} context @param {import("./plane.js").Plane} on @param {number[]} u @param {number[]} v */
function drops(context, on, u, v) {
  context.beginPath();
  for (let at = 0; at < u.length; at++) {
    context.lineTo(toPixel(on.x, at + 1), toPixel(on.y, u[at]));
    context.lineTo(toPixel(on.x, at + 1), toPixel(on.y, v[at]));
  }
  context.stroke();
}
