// Draws the plot: the input, the synaptic current, u and v with the threshold, spikes, all neurons' spikes, the difference from a pinned
// run, and time. With calls of a 2-D context alone, so that a picture for print is drawn by the same.

const STROKES = { ghost: [1.5, 3], beside: [7, 3, 1.5, 3], A: [3, 3], threshold: [6, 4], steady: [2, 4] };
const PLOT_FONT = 11; // pixels
const GAUGE = { width: 104, height: 9 }; // pixels
const BRIEF = { ghost: "bef.", beside: "oth.", A: "A" }; // names of the second runs at the ends of their lanes

/** @param {CanvasRenderingContext2D} context in pixels of the plot */
function paintPlot(context, view) {
  context.font = `${PLOT_FONT}px ${view.font}`;
  const stage = { context, axis: timeAxis(view), view, palette: view.palette };
  for (const lane of view.lanes) LANES[lane.name](stage, lane, view.ranges[lane.name]);
}

const LANES = { input: paintInput, current: paintCurrent, trace: paintTrace, spikes: paintSpikes, raster: paintRaster, difference: paintDifference, axis: paintAxis };

function paintInput(stage, lane, range) {
  const { view, palette } = stage;
  const z = rowIn(view, view.run, "z");
  const pinned = view.seconds.find(({ name }) => name === "A")?.run.z ?? z;
  frameLane(stage, lane, range, "input z");
  clipped(stage, lane, () => {
    paintBars(stage, lane, range, z, palette.input);
    if (pinned.some((value, time) => value !== z[time])) paintLine(stage, lane, range, pinned, palette.input, 1, STROKES.A);
  });
  paintMemory(stage, lane);
}

function paintCurrent(stage, lane, range) {
  const { view, palette } = stage;
  frameLane(stage, lane, range, "current i");
  clipped(stage, lane, () => {
    for (const { name, run } of view.seconds) paintLine(stage, lane, range, rowIn(view, run, "i"), palette.synaptic_current, 1, STROKES[name]);
    paintLine(stage, lane, range, rowIn(view, view.run, "i"), palette.synaptic_current, 1.8);
  });
}

function paintTrace(stage, lane, range) {
  const { context, axis, view, palette } = stage;
  const level = (value, ...stroke) => paintPath(context, [axis.from, axis.to].map((time) => [toPixel(axis, time), toY(lane, range, value)]), ...stroke);
  const steady = steadyOf(view, view.p);
  frameLane(stage, lane, range, "potential u, v");
  clipped(stage, lane, () => {
    if (range[0] < 0) level(0, palette.grid);
    if (steady !== null) level(steady, palette.muted, 1, STROKES.steady);
    if (view.p.threshold < Infinity) paintLine(stage, lane, range, rowIn(view, view.run, "theta"), palette.threshold, 1.5, STROKES.threshold);
    for (const { name, run } of view.seconds) paintPotential(stage, lane, range, run, 1.1, STROKES[name], name === "ghost" ? 0.7 : 1);
    paintPotential(stage, lane, range, view.run, 1.8);
    const part = partAt(view);
    if (part) {
      const points = part.map((value) => [toPixel(axis, view.at), toY(lane, range, value)]);
      paintPath(context, points, palette.text, 3);
      paintPath(context, points.slice(1), palette.text);
    }
  });
  paintLegend(stage, lane);
}

function paintSpikes(stage, lane) {
  const { context, axis, view, palette } = stage;
  const runs = [{ run: view.run }, ...view.seconds];
  const tall = lane.height / runs.length;
  const cell = plotWidth(axis) / view.run.steps - 1;
  paintTitle(stage, lane, "spikes");
  context.fillStyle = palette.text;
  runs.forEach(({ name, run }, place) => {
    const s = rowIn(view, run, "s").subarray(0, view.run.steps);
    const most = s.reduce((largest, count) => Math.max(largest, count), 1);
    const wide = Math.min(Math.max(cell, 1.5), name ? 1.5 : 3);
    const top = lane.top + place * tall;
    for (const time of spikeTimes(s)) {
      context.globalAlpha = (name ? 0.6 : 1) * (most > 1 ? 0.4 + 0.6 * s[time] / most : 1);
      context.fillRect(toPixel(axis, time) - wide / 2, top + 1, wide, tall - 2);
    }
    context.globalAlpha = 1;
    write(stage, `${inDigits(sumOf(s))} ${BRIEF[name] ?? ""}`, axis.width - RIGHT + 4, top + tall / 2, "left");
    context.fillStyle = palette.text;
  });
}

function paintRaster(stage, lane) {
  const { context, axis, view, palette } = stage;
  const { neurons, steps, s } = view.run;
  const tall = lane.height / neurons;
  const wide = Math.max(plotWidth(axis) / steps, 1);
  paintTitle(stage, lane, "neurons");
  Object.assign(context, { fillStyle: palette.membrane, globalAlpha: 0.25 });
  context.fillRect(LEFT, lane.top + view.neuron * tall, plotWidth(axis), tall);
  Object.assign(context, { fillStyle: palette.text, globalAlpha: 1 });
  for (let at = 0; at < s.length; at++) {
    if (s[at] > 0) context.fillRect(toPixel(axis, at % steps) - wide / 2, lane.top + Math.floor(at / steps) * tall, wide, Math.max(tall - 0.5, 1));
  }
  write(stage, "0", LEFT - 5, lane.top + 5, "right");
  write(stage, String(neurons - 1), LEFT - 5, lane.top + lane.height - 5, "right");
  write(stage, `no. ${view.neuron}`, axis.width - RIGHT + 4, lane.top + (view.neuron + 0.5) * tall, "left");
}

function paintDifference(stage, lane, range) {
  const values = differenceFromA(stage.view);
  frameLane(stage, lane, range, "u - A's u");
  clipped(stage, lane, () => {
    paintBars(stage, lane, range, values.map((value) => Math.max(value, 0)), stage.palette.positive);
    paintBars(stage, lane, range, values.map((value) => Math.min(value, 0)), stage.palette.negative);
  });
}

function paintAxis(stage, { top }) {
  const { context, axis, view, palette } = stage;
  paintScale(stage, top, Math.max(2, plotWidth(axis) / 80), "time (steps)");
  paintPath(context, [[toPixel(axis, view.at), LANE_GAP], [toPixel(axis, view.at), top]], palette.text, 1, [], 0.5);
}

// ---------------------------------------------------------------------------------------------- what lanes are made of

function frameLane(stage, lane, range, title) {
  paintTitle(stage, lane, title);
  for (const value of range) write(stage, inDigits(value), LEFT - 5, Math.min(Math.max(toY(lane, range, value), lane.top + 5), lane.top + lane.height - 4), "right");
}

function paintTitle(stage, lane, title) {
  const { context } = stage;
  const middle = lane.top + lane.height / 2;
  if (lane.height < 40) return write(stage, title, LEFT - 5, middle, "right");
  context.save();
  context.translate(9, middle);
  context.rotate(-Math.PI / 2);
  write(stage, title, 0, 0, "center");
  context.restore();
}

function paintLine({ context, axis, view }, lane, range, values, color, width, dash = []) {
  const points = [];
  for (let time = 0; time < Math.min(values.length, view.run.steps); time++) points.push([toPixel(axis, time), toY(lane, range, values[time])]);
  paintPath(context, points, color, width, dash);
}

/** u, and at each spike the fall to v. */
function paintPotential({ context, axis, view, palette }, lane, range, run, width, dash = [], opacity = 1) {
  const [u, v] = [rowIn(view, run, "u"), rowIn(view, run, "v")];
  const points = [];
  for (let time = 0; time < Math.min(u.length, view.run.steps); time++) {
    const x = toPixel(axis, time);
    points.push([x, toY(lane, range, u[time])]);
    if (v[time] !== u[time]) points.push([x, toY(lane, range, v[time])]);
  }
  paintPath(context, points, palette.membrane, width, dash, opacity);
}

/** A bar from 0 at each step with a value; equal ones side by side are one. */
function paintBars({ context, axis }, lane, range, values, color) {
  const wide = plotWidth(axis) / (axis.to - axis.from);
  const zero = toY(lane, range, 0);
  context.fillStyle = color;
  for (let time = 0; time < values.length; time++) {
    if (values[time] === 0) continue;
    const begin = time;
    while (values[time + 1] === values[begin]) time++;
    const [x, y, span] = [toPixel(axis, begin - 0.5), toY(lane, range, values[begin]), (time - begin + 1) * wide];
    context.globalAlpha = 0.35;
    context.fillRect(x, Math.min(y, zero), span, Math.abs(zero - y));
    context.globalAlpha = 1;
    context.fillRect(x, y - 0.75, span, 1.5);
  }
}

/** Names of the second runs beside samples of their lines. */
function paintLegend(stage, { top }) {
  const { context, view, palette } = stage;
  let x = LEFT + 6;
  for (const { name, label } of view.seconds) {
    paintPath(context, [[x, top + 6], [x + 24, top + 6]], palette.membrane, 1.3, STROKES[name]);
    write(stage, label, x + 29, top + 6, "left");
    x += 42 + context.measureText(label).width;
  }
}

/** Of two pulses that go straight to the membrane, how much of the first is left when the second comes: αⁿ. */
function paintMemory(stage, lane) {
  const { context, axis, view: { settings: { input }, p }, palette } = stage;
  if (input.kind !== "spike_bursts" || input.count !== 2 || input.length !== 1 || p.beta !== null) return;
  const left = p.alpha ** input.period;
  const [x, y] = [axis.width - RIGHT - GAUGE.width - 6, lane.top + 4];
  const words = `αⁿ = ${inDigits(left)} of the first pulse left, n = ${input.period}`;
  Object.assign(context, { strokeStyle: palette.muted, lineWidth: 1, fillStyle: palette.background });
  context.fillRect(x + GAUGE.width - context.measureText(words).width - 4, y - 3, context.measureText(words).width + 8, 30);
  context.fillStyle = palette.membrane;
  context.fillRect(x, y, GAUGE.width * left, GAUGE.height);
  context.strokeRect(x, y, GAUGE.width, GAUGE.height);
  write(stage, words, x + GAUGE.width, y + 19, "right");
}
