// The panels below the plot, one of which is open at a time: the f–I curve, how the potential goes from step to step, and the four models
// on the same input. As the plot, they are painted with calls of a 2-D context alone; each painter returns the same in words.

const PANEL_PAINTERS = { rate: [paintRates, 296], phase: [paintPhase, 326], models: [paintModels, 404] }; // heights in pixels
const [CURRENTS, SETTLING, COUNTED] = [60, 100, 200]; // of the f–I curve; the last two in steps, as many as a frame has time for
const [KEY_LINE, CHART_HEIGHT, MODEL_HEIGHT, MODEL_PITCH] = [15, 210, 60, 90]; // pixels

function createPanels(view, parent) {
  const make = (name) => ({ name, node: element("canvas", "neuron-panel", parent, { hidden: true, role: "img" }) });
  view.panels = Object.keys(PANEL_PAINTERS).map(make);
}

function drawPanels(view) {
  for (const { name, node } of view.panels) {
    const isOpen = view.header.look.panel === name;
    const wasHidden = node.hidden;
    node.hidden = !isOpen;
    if (!isOpen) continue;
    const words = paintPanel(clearedContext(node, view.width, PANEL_PAINTERS[name][1]), view, name);
    if (wasHidden && document.activeElement.ariaExpanded) node.scrollIntoView({ block: "nearest" }); // its button was pressed
    if (!view.isDragging) node.ariaLabel = words;
  }
}

/** What of the panels belongs into a picture. */
const paintedPanels = (view) =>
  view.panels.filter(({ node }) => !node.hidden).map(({ name, node }) => ({ ...boxOf(node), paint: (context) => paintPanel(context, view, name) }));

function paintPanel(context, view, name) {
  return PANEL_PAINTERS[name][0](stageOf(context, view));
}

/** The rate under constant inputs, measured and by formula, and that of the present run while it has input, over the mean of that. */
function paintRates(stage) {
  const { view, palette } = stage;
  const { p, run } = view;
  if (p.threshold === Infinity) {
    const words = `${p.kind} never spikes, so it has no f–I curve.`;
    write(stage, words, LEFT, KEY_LINE, "left");
    return words;
  }
  const { begin, end, mean: input } = spanOf(rowIn(view, run, "z"));
  const present = [input, rate(rowIn(view, run, "s").subarray(begin, end))];
  const rheobase = p.threshold / (p.alpha === 1 ? drive(1, p) : steadyState(1, p)); // without leak it is 0: there that of a spike per step
  const high = roundedUp(2 * Math.max(Math.min(rheobase, 1e6), Math.abs(present[0])));
  const low = present[0] < 0 ? -high : 0;
  const currents = Array.from({ length: CURRENTS + 1 }, (_, place) => low + (high - low) * place / CURRENTS);
  const measured = fICurve(currents, p, COUNTED, SETTLING);
  const formula = currents.map((current) => firingRate(fround(current), p));
  const most = roundedUp(Math.max(present[1], ...measured, ...formula, 0.01));
  const over = (values) => values.map((value, place) => [currents[place], value]).filter(([, value]) => value !== null);
  const isKnown = formula.some((value) => value > 0);
  const lines = [[`measured${isKnown ? "" : ", no closed form for this neuron"}`, over(measured), palette.text, 4, [], 0.4]];
  if (isKnown) lines.push(["closed form", over(formula), palette.text, 1.5, [5, 4]]);
  lines.push(["this run, while it has input", [present], palette.text]);
  paintChart(stage, [low, high], [0, most], ["input I", "rate (spikes per step)"], lines);
  const [mean, now, fastest] = [...present, Math.max(...measured)].map(inDigits);
  return `f–I curve: up to ${fastest} spikes per step at inputs up to ${inDigits(high)}. This run: mean input ${mean} while it lasts, ${now} spikes per step.`;
}

/** The next round number that isn't below, for the end of an axis. */
function roundedUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.5, 2, 3, 5, 7.5, 10].find((factor) => factor * power >= value * (1 - 1e-9));
}

/** The run up to the cursor: u over v of the step before, as a map from step to step; with a synaptic current u over that. */
function paintPhase(stage) {
  const { view, palette } = stage;
  const { p: { alpha, gain, beta, threshold }, at } = view;
  const [i, u, v, theta] = ["i", "u", "v", "theta"].map((name) => rowIn(view, view.run, name));
  const isMap = beta === null;
  const [name, x, from] = isMap ? ["v[t-1]", view.ranges.trace, [0, ...v.subarray(0, -1)]] : ["i[t]", view.ranges.current, i];
  const y = view.ranges.trace;
  const across = (follows) => x.map((value) => [value, follows(value)]);
  const resting = isMap || gain !== null ? across((value) => value) : y.map((value) => [value * (1 - alpha), value]);
  const run = [];
  for (let time = 0; time <= at; time++) run.push([from[time], u[time]], ...(isMap ? [[u[time], u[time]], [v[time], v[time]]] : [[i[time], v[time]]]));
  const lines = [
    ["the run up to the cursor", run, palette.membrane],
    ["where u rests", resting, palette.muted, 1.2, STROKES.steady],
  ];
  if (isMap) lines.push([`a step with the input of step ${at}`, across((value) => alpha * value + (gain ?? 1) * i[at]), palette.input, 1.2, []]);
  if (threshold < Infinity) lines.push(["threshold θ", across(() => theta[at]), palette.threshold, 1.5, STROKES.threshold]);
  lines.push([`step ${at}`, [[from[at], u[at]]], palette.text]);
  paintChart(stage, x, y, [name, "u[t]"], lines);
  const [first, last, low, high] = [from, u].flatMap((row) => [Math.min(...row), Math.max(...row)].map(inDigits));
  return `u[t] over ${name}: ${name} between ${first} and ${last}, u[t] between ${low} and ${high}.`;
}

/** The four models on the shown neuron's input. */
function paintModels(stage) {
  const { view, palette } = stage;
  const words = Object.entries(view.settings.models).map(([kind, neuron], place) => {
    const p = paramsOf(view, neuron);
    const run = scan(rowIn(view, view.run, "z"), 1, p);
    const spiking = p.threshold < Infinity;
    const count = sumOf(run.s);
    const said = spiking ? `${kind} ${inDigits(count)} spike${count === 1 ? "" : "s"}` : `${kind} never spikes`;
    const range = spanning([run.u, run.v, spiking ? run.theta : []]);
    const lane = { top: 20 + place * MODEL_PITCH, height: MODEL_HEIGHT, range };
    write(stage, said, LEFT, lane.top - 9, "left");
    paintLane(stage, lane, "u, v", () => {
      if (spiking) paintSteps(stage, lane, [run.theta], palette.threshold, 1.2, STROKES.threshold);
      paintPotential(stage, lane, run, 1.4);
    });
    paintTicks(stage, run.s, lane.top + MODEL_HEIGHT + 3, 7, 1.5);
    return said;
  });
  paintAxis(stage, { top: 12 + words.length * MODEL_PITCH });
  return `The same input into four models: ${words.join(", ")}.`;
}

/**
 * Lines over two quantities, and what each means.
 * @param {Range} range of the one across @param {Range} y @param {[string, string]} names of the two
 * @param {[string, number[][], string, number, number[], number][]} lines label, points, and how `paintPath` paints them
 */
function paintChart(stage, range, y, names, lines) {
  const { context, view } = stage;
  const axis = { from: range[0], to: range[1], width: view.width };
  const x = (value) => toPixel(axis, value);
  const lane = { top: lines.length * KEY_LINE + LANE_GAP, height: CHART_HEIGHT, range: y };
  paintLane(stage, lane, names[1], () => {
    for (const [, points, ...stroke] of lines) paintPath(context, points.map(([across, up]) => [x(across), toY(lane, up)]), ...stroke);
  });
  paintScale({ ...stage, axis, x }, lane.top + CHART_HEIGHT, 5, names[0]);
  lines.forEach(([label, { length }, ...stroke], place) => {
    const middle = (place + 0.5) * KEY_LINE;
    paintPath(context, length > 1 ? [[LEFT, middle], [LEFT + 24, middle]] : [[LEFT + 12, middle]], ...stroke);
    write(stage, label, LEFT + 30, middle, "left");
  });
}
