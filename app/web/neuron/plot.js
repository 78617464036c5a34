// Draws the plot: the input, the synaptic current, u and v with the threshold, spikes, all neurons' spikes, the difference from a pinned
// run, and time. With calls of a 2-D context alone, so that a picture for print is drawn by the same.

import { clamp, inDigits, sumOf } from "../lib/numbers.js";
import { LEFT, plotWidth, RIGHT } from "../lib/time_axis.js";
import { LANE_GAP, toY } from "./lanes.js";
import { paintBars, paintLane, paintPotential, paintSteps, paintTicks, paintTitle } from "./marks.js";
import { paintPath, paintScale, STROKES, stageOf, write } from "./painting.js";
import { beyond, partAt } from "./ranges.js";
import { rowOf } from "./response.js";
import { differenceFromA, rowIn, steadyOf } from "./runs.js";
import { knownInput } from "./stimulus.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./lanes.js").Lane} Lane */
/** @typedef {import("./painting.js").Stage} Stage */
/** @typedef {import("./painting.js").Point} Point */

const GAUGE = { width: 104, height: 9 }; // pixels
const BRIEF = { ghost: "bef.", beside: "oth.", A: "A" }; // second runs at the ends of their lanes, where their names are longer

/** @param {import("./painting.js").Context} context in pixels of the plot @param {View} view */
export function paintPlot(context, view) {
  const stage = stageOf(context, view);
  for (const lane of view.lanes) PAINTERS[lane.name](stage, lane);
}

/** @type {Record<import("./lanes.js").LaneName, (stage: Stage, lane: Lane) => void>} */
const PAINTERS = {
  input: paintInput,
  current: paintCurrent,
  trace: paintTrace,
  spikes: paintSpikes,
  raster: paintRaster,
  difference: paintDifference,
  axis: paintAxis,
};

/** @param {Stage} stage @param {Lane} lane */
function paintInput(stage, lane) {
  const { view, palette } = stage;
  const z = rowIn(view, view.run, "z");
  const pinned = view.seconds.find(({ name }) => name === "A")?.run.z ?? z;
  paintLane(stage, lane, "input z", () => {
    paintBars(stage, lane, z, palette.input);
    if (pinned.some((value, time) => value !== z[time])) paintSteps(stage, lane, [pinned], palette.compared, 1, STROKES.A);
  });
  paintMemory(stage, lane);
}

/** @param {Stage} stage @param {Lane} lane */
function paintCurrent(stage, lane) {
  const { view, palette } = stage;
  const color = palette.synaptic_current;
  paintLane(stage, lane, "current i", () => {
    for (const { name, run } of view.seconds) {
      paintSteps(stage, lane, [rowIn(view, run, "i")], name === "ghost" ? color : palette.compared, 1, STROKES[name]);
    }
    paintSteps(stage, lane, [rowIn(view, view.run, "i")], color, 1.8);
  });
}

/** @param {Stage} stage @param {Lane} lane */
function paintTrace(stage, lane) {
  const { context, axis, x, view, palette } = stage;
  /** @type {(value: number, ...stroke: import("./painting.js").Stroke) => void} */
  const level = (value, ...stroke) => {
    const y = toY(lane, value);
    paintPath(
      context,
      [
        [x(axis.from), y],
        [x(axis.to), y],
      ],
      ...stroke,
    );
  };
  const steady = steadyOf(view);
  paintLane(stage, lane, "potential u, v", () => {
    if (lane.range[0] < 0) level(0, palette.grid);
    if (steady !== null) level(steady, palette.muted, 1, STROKES.steady);
    if (view.p.threshold < Infinity) {
      paintSteps(stage, lane, [rowIn(view, view.run, "theta")], palette.threshold, 1.5, STROKES.threshold);
    }
    for (const { name, run } of view.seconds)
      paintPotential(stage, lane, run, colorOf(stage, name), 1.1, STROKES[name], name === "ghost" ? 0.7 : 1);
    paintPotential(stage, lane, view.run, palette.membrane, 1.8);
    const part = partAt(view);
    if (!part) return;
    const points = part.map((value) => /** @type {Point} */ ([x(view.at), toY(lane, value)]));
    paintPath(context, points, palette.text, 3);
    paintPath(context, points.slice(1), palette.text);
  });
  paintLegend(stage, lane);
}

/** The colour of a second run's potential: what it is before the drag keeps its own. @param {Stage} stage @param {string} name */
const colorOf = ({ palette }, name) => (name === "ghost" ? palette.membrane : palette.compared);

/** Names of the second runs beside samples of their lines, and how far these reach beyond the scale. @param {Stage} stage @param {Lane} lane */
function paintLegend(stage, { top, range }) {
  const { context, view } = stage;
  const y = top + 6;
  let left = LEFT + 6;
  for (const { name, label, run } of view.seconds) {
    const words = `${label}${beyond(rowIn(view, run, "u"), range)}`;
    paintPath(
      context,
      [
        [left, y],
        [left + 24, y],
      ],
      colorOf(stage, name),
      1.3,
      STROKES[name],
    );
    write(stage, words, left + 29, y, "left");
    left += 42 + context.measureText(words).width;
  }
}

/** @param {Stage} stage @param {Lane} lane */
function paintSpikes(stage, lane) {
  const { axis, view } = stage;
  const tall = lane.height / (1 + view.seconds.length);
  const cell = plotWidth(axis) / view.run.steps - 1;
  paintTitle(stage, lane, "spikes");
  /** @type {(place: number, run: import("./scan.js").Run, name: string, opaque: number, widest: number, color: string) => void} */
  const paint = (place, run, name, opaque, widest, color) => {
    const s = rowIn(view, run, "s").subarray(0, view.run.steps);
    const most = s.reduce((largest, count) => Math.max(largest, count), 1);
    const top = lane.top + place * tall;
    const opacity = (/** @type {number} */ count) => opaque * (most > 1 ? 0.4 + (0.6 * count) / most : 1);
    paintTicks(stage, s, top + 1, tall - 2, clamp(cell, 1.5, widest), opacity, color);
    write(stage, `${inDigits(sumOf(s))} ${name}`, axis.width - RIGHT + 4, top + tall / 2, "left");
  };
  const { text, compared } = stage.palette;
  paint(0, view.run, "", 1, 3, text);
  for (const [place, { name, label, run }] of view.seconds.entries()) {
    const [opaque, color] = name === "ghost" ? [0.6, text] : [1, compared];
    paint(1 + place, run, label.length < 5 ? label : BRIEF[name], opaque, 1.5, color);
  }
}

/** @param {Stage} stage @param {Lane} lane */
function paintRaster(stage, lane) {
  const { context, axis, view, palette } = stage;
  const { neurons, steps, s } = view.run;
  const tall = lane.height / neurons;
  paintTitle(stage, lane, "neurons");
  Object.assign(context, { fillStyle: palette.membrane, globalAlpha: 0.25 });
  context.fillRect(LEFT, lane.top + view.neuron * tall, plotWidth(axis), tall);
  context.globalAlpha = 1;
  for (let neuron = 0; neuron < neurons; neuron++) {
    const row = rowOf(view.run, s, neuron);
    paintTicks(stage, row, lane.top + neuron * tall, Math.max(tall - 0.5, 1), Math.max(plotWidth(axis) / steps, 1));
  }
  write(stage, "0", LEFT - 5, lane.top + 5, "right");
  write(stage, String(neurons - 1), LEFT - 5, lane.top + lane.height - 5, "right");
  write(stage, `no. ${view.neuron}`, axis.width - RIGHT + 4, lane.top + (view.neuron + 0.5) * tall, "left");
}

/** @param {Stage} stage @param {Lane} lane */
function paintDifference(stage, lane) {
  const { positive, negative } = stage.palette;
  const values = differenceFromA(stage.view);
  if (!values) return;
  paintLane(stage, lane, "u - A's u", () => {
    const above = values.map((value) => Math.max(value, 0));
    const below = values.map((value) => Math.min(value, 0));
    paintBars(stage, lane, above, positive);
    paintBars(stage, lane, below, negative);
  });
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  write(stage, `at most ${inDigits(largest)} apart`, LEFT + 6, lane.top + 6, "left");
}

/** @param {Stage} stage @param {{top: number}} lane */
export function paintAxis(stage, { top }) {
  const { context, axis, x, view, palette } = stage;
  paintScale(stage, top, Math.max(2, plotWidth(axis) / 80), "time (steps)");
  paintPath(
    context,
    [
      [x(view.at), LANE_GAP],
      [x(view.at), top],
    ],
    palette.text,
    1,
    [],
    0.5,
  );
}

/** Of two pulses that go straight to the membrane, how much of the first is left when the second comes: αⁿ. @param {Stage} stage @param {Lane} lane */
function paintMemory(stage, lane) {
  const { context, axis, view, palette } = stage;
  const input = knownInput(view.settings.input);
  if (input?.kind !== "spike_bursts" || input.count !== 2 || input.length !== 1 || view.p.beta !== null) return;
  const left = view.p.alpha ** input.period;
  const [right, top] = [axis.width - RIGHT - 6, lane.top + 4];
  const words = `αⁿ = ${inDigits(left)} of the first pulse left, n = ${input.period}`;
  const { width } = context.measureText(words);
  Object.assign(context, { strokeStyle: palette.muted, lineWidth: 1, fillStyle: palette.background });
  context.fillRect(right - width - 4, top - 3, width + 8, 30);
  context.fillStyle = palette.membrane;
  context.fillRect(right - GAUGE.width, top, GAUGE.width * left, GAUGE.height);
  context.strokeRect(right - GAUGE.width, top, GAUGE.width, GAUGE.height);
  write(stage, words, right, top + 19, "right");
}
