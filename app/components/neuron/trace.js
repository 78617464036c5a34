// Draws the plot: the input, the synaptic current, u and v with the threshold, spikes, all neurons' spikes, the difference from a pinned
// run, and time. With calls of a 2-D context alone, so that a picture for print is drawn by the same.

const STROKES = { ghost: [1.5, 3], beside: [7, 3, 1.5, 3], A: [3, 3], threshold: [6, 4], steady: [2, 4] };
const PLOT_FONT = 11; // pixels
const GAUGE = { width: 104, height: 9 }; // pixels
const BRIEF = { ghost: "bef.", beside: "oth." }; // second runs at the ends of their lanes, where their names are longer

/** @param {CanvasRenderingContext2D} context in pixels of the plot */
function paintPlot(context, view) {
  const stage = stageOf(context, view);
  for (const lane of view.lanes) LANES[lane.name](stage, lane);
}

/** What painters need: `x` tells where a time lies. */
function stageOf(context, view) {
  context.font = `${PLOT_FONT}px ${view.font}`;
  const axis = timeAxis(view);
  return { context, view, palette: view.palette, axis, x: (time) => toPixel(axis, time) };
}

const LANES = { input: paintInput, current: paintCurrent, trace: paintTrace, spikes: paintSpikes, raster: paintRaster, difference: paintDifference, axis: paintAxis };

function paintInput(stage, lane) {
  const { view, palette: { input } } = stage;
  const z = rowIn(view, view.run, "z");
  const pinned = view.seconds.find(({ name }) => name === "A")?.run.z ?? z;
  paintLane(stage, lane, "input z", () => {
    paintBars(stage, lane, z, input);
    if (pinned.some((value, time) => value !== z[time])) paintSteps(stage, lane, [pinned], input, 1, STROKES.A);
  });
  paintMemory(stage, lane);
}

function paintCurrent(stage, lane) {
  const { view, palette: { synaptic_current: color } } = stage;
  paintLane(stage, lane, "current i", () => {
    for (const { name, run } of view.seconds) paintSteps(stage, lane, [rowIn(view, run, "i")], color, 1, STROKES[name]);
    paintSteps(stage, lane, [rowIn(view, view.run, "i")], color, 1.8);
  });
}

function paintTrace(stage, lane) {
  const { context, axis, x, view, palette } = stage;
  const level = (value, ...stroke) => paintPath(context, [axis.from, axis.to].map((time) => [x(time), toY(lane, value)]), ...stroke);
  const steady = steadyOf(view, view.p);
  paintLane(stage, lane, "potential u, v", () => {
    if (lane.range[0] < 0) level(0, palette.grid);
    if (steady !== null) level(steady, palette.muted, 1, STROKES.steady);
    if (view.p.threshold < Infinity) paintSteps(stage, lane, [rowIn(view, view.run, "theta")], palette.threshold, 1.5, STROKES.threshold);
    for (const { name, run } of view.seconds) paintPotential(stage, lane, run, 1.1, STROKES[name], name === "ghost" ? 0.7 : 1);
    paintPotential(stage, lane, view.run, 1.8);
    const part = partAt(view);
    if (!part) return;
    const points = part.map((value) => [x(view.at), toY(lane, value)]);
    paintPath(context, points, palette.text, 3);
    paintPath(context, points.slice(1), palette.text);
  });
  let left = LEFT + 6; // names of the second runs beside samples of their lines
  for (const { name, label } of view.seconds) {
    paintPath(context, [[left, lane.top + 6], [left + 24, lane.top + 6]], palette.membrane, 1.3, STROKES[name]);
    write(stage, label, left + 29, lane.top + 6, "left");
    left += 42 + context.measureText(label).width;
  }
}

function paintSpikes(stage, lane) {
  const { context, axis, view } = stage;
  const runs = [{ run: view.run }, ...view.seconds];
  const tall = lane.height / runs.length;
  const cell = plotWidth(axis) / view.run.steps - 1;
  paintTitle(stage, lane, "spikes");
  runs.forEach(({ name, label = "", run }, place) => {
    const s = rowIn(view, run, "s").subarray(0, view.run.steps);
    const most = s.reduce((largest, count) => Math.max(largest, count), 1);
    const top = lane.top + place * tall;
    const opacity = (count) => (name ? 0.6 : 1) * (most > 1 ? 0.4 + 0.6 * count / most : 1);
    paintTicks(stage, s, top + 1, tall - 2, within(cell, 1.5, name ? 1.5 : 3), opacity);
    write(stage, `${inDigits(sumOf(s))} ${label.length < 5 ? label : BRIEF[name]}`, axis.width - RIGHT + 4, top + tall / 2, "left");
  });
}

function paintRaster(stage, lane) {
  const { context, axis, view, palette } = stage;
  const { neurons, steps, s } = view.run;
  const tall = lane.height / neurons;
  paintTitle(stage, lane, "neurons");
  Object.assign(context, { fillStyle: palette.membrane, globalAlpha: 0.25 });
  context.fillRect(LEFT, lane.top + view.neuron * tall, plotWidth(axis), tall);
  context.globalAlpha = 1;
  for (let neuron = 0; neuron < neurons; neuron++) {
    paintTicks(stage, rowOf(view.run, s, neuron), lane.top + neuron * tall, Math.max(tall - 0.5, 1), Math.max(plotWidth(axis) / steps, 1));
  }
  write(stage, "0", LEFT - 5, lane.top + 5, "right");
  write(stage, neurons - 1, LEFT - 5, lane.top + lane.height - 5, "right");
  write(stage, `no. ${view.neuron}`, axis.width - RIGHT + 4, lane.top + (view.neuron + 0.5) * tall, "left");
}

function paintDifference(stage, lane) {
  const { positive, negative } = stage.palette;
  const values = differenceFromA(stage.view);
  paintLane(stage, lane, "u - A's u", () => {
    paintBars(stage, lane, values.map((value) => Math.max(value, 0)), positive);
    paintBars(stage, lane, values.map((value) => Math.min(value, 0)), negative);
  });
}

function paintAxis(stage, { top }) {
  const { context, axis, x, view, palette } = stage;
  paintScale(stage, top, Math.max(2, plotWidth(axis) / 80), "time (steps)");
  paintPath(context, [[x(view.at), LANE_GAP], [x(view.at), top]], palette.text, 1, [], 0.5);
}

// ---------------------------------------------------------------------------------------------- what lanes are made of

/** A lane's title, the ends of its range, and within it what `paint` paints. */
function paintLane(stage, lane, title, paint) {
  const { context, axis } = stage;
  const { top, height, range } = lane;
  paintTitle(stage, lane, title);
  for (const value of range) write(stage, inDigits(value), LEFT - 5, within(toY(lane, value), top + 5, top + height - 4), "right");
  context.save();
  context.beginPath();
  context.rect(LEFT, top - 2, plotWidth(axis), height + 4);
  context.clip();
  paint();
  context.restore();
}

function paintTitle(stage, { top, height }, title) {
  const { context } = stage;
  const middle = top + height / 2;
  if (height < 40) return write(stage, title, LEFT - 5, middle, "right");
  context.save();
  context.translate(9, middle);
  context.rotate(-Math.PI / 2);
  write(stage, title, 0, 0, "center");
  context.restore();
}

/** Values over time, and where there are others, the fall to them in the middle of a step. */
function paintSteps({ context, axis }, lane, [u, v = u], ...stroke) {
  const points = [];
  alongSteps(axis, u, v, (x, value) => points.push([x, toY(lane, value)]));
  paintPath(context, points, ...stroke);
}

/** u, and at each spike the fall to v. */
function paintPotential(stage, lane, run, ...stroke) {
  paintSteps(stage, lane, ["u", "v"].map((name) => rowIn(stage.view, run, name)), stage.palette.membrane, ...stroke);
}

/** A tick at each step with spikes, as opaque as `opacity` says of their number. */
function paintTicks({ context, x, palette }, s, top, height, width, opacity = () => 1) {
  context.fillStyle = palette.text;
  for (const time of spikeTimes(s)) {
    context.globalAlpha = opacity(s[time]);
    context.fillRect(x(time) - width / 2, top, width, height);
  }
  context.globalAlpha = 1;
}

/** A bar from 0 at each step with a value; equal ones side by side are one. */
function paintBars({ context, x }, lane, values, color) {
  const zero = toY(lane, 0);
  context.fillStyle = color;
  for (let time = 0; time < values.length; time++) {
    if (values[time] === 0) continue;
    const begin = time;
    while (values[time + 1] === values[begin]) time++;
    const [left, y, width] = [x(begin - 0.5), toY(lane, values[begin]), x(time) - x(begin - 1)];
    context.globalAlpha = 0.35;
    context.fillRect(left, Math.min(y, zero), width, Math.abs(zero - y));
    context.globalAlpha = 1;
    context.fillRect(left, y - 0.75, width, 1.5);
  }
}

/** Of two pulses that go straight to the membrane, how much of the first is left when the second comes: αⁿ. */
function paintMemory(stage, lane) {
  const { context, axis, view: { settings: { input }, p }, palette } = stage;
  if (input.kind !== "spike_bursts" || input.count !== 2 || input.length !== 1 || p.beta !== null) return;
  const left = p.alpha ** input.period;
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
