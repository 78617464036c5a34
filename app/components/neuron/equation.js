// The equations of the step under the cursor with its numbers filled in, the part that is lit marked, and what is read off the whole run.
// Nothing is computed here but what stands on paper between two numbers of the run.

const DECIMALS = 3; // of all numbers, so that nothing jumps from step to step
const FAR = 1000; // from which on they have three digits instead
const LATEST = 5; // intervals that are told

function createEquation(view, parent) {
  parent.setAttribute("role", "group");
  parent.setAttribute("aria-label", "The step under the cursor, in numbers");
  view.equation = { parent, lines: new Map() };
  view.readings = element("p", "neuron-readings", parent);
}

function fillEquation(view) {
  const { parent, lines } = view.equation;
  const wanted = equationOf(view);
  for (const [name, { label, pieces }] of Object.entries(wanted)) {
    const line = lines.get(name) ?? createLine(view, name, label);
    if (line.pieces.length !== pieces.length || pieces.some(({ part }, place) => part !== line.pieces[place].dataset.part)) makePieces(line, pieces);
    setText(line.label, label);
    pieces.forEach(({ text, part }, place) => {
      setText(line.pieces[place], text);
      line.pieces[place].classList.toggle("neuron-lit", part !== "" && part === view.part);
    });
  }
  for (const [name, line] of lines) line.root.hidden = !(name in wanted);
  if (parent.lastChild !== view.readings) parent.append(view.readings);
  setText(view.readings, readingsOf(view));
}

function createLine(view, name) {
  const root = element("p", "neuron-line", view.equation.parent);
  const line = { root, label: element("span", "neuron-symbols", root), pieces: [] };
  view.equation.lines.set(name, line);
  return line;
}

function makePieces(line, pieces) {
  for (const node of line.pieces) node.remove();
  line.pieces = pieces.map(({ part }) => {
    const node = element("span", "neuron-piece", line.root);
    node.dataset.part = part;
    return node;
  });
}

/** Each line's symbols, and its numbers piece by piece: `{text, part}`, part empty where none of the parts does it. */
function equationOf(view) {
  const { p, at } = view;
  const row = (name) => rowIn(view, view.run, name);
  const [z, i, u, v, b, theta, s] = ["z", "i", "u", "v", "b", "theta", "s"].map((name) => row(name)[at]);
  const before = (name) => (at ? row(name)[at - 1] : 0);
  const spikes = p.threshold < Infinity;
  const lines = { t: { label: `t = ${at}`, pieces: [] } };
  lines.i = p.beta === null
    ? { label: "i[t] = z[t]", pieces: [told("input", `${fixed(z)}`)] }
    : { label: "i[t] = β·(i[t-1] + z[t])", pieces: [told("input", `${fixed(p.beta)}·(${fixed(before("i"))} + ${fixed(z)}) = ${fixed(i)}`)] };
  lines.u = {
    label: `u[t] = ${p.alpha === 1 ? "" : "α·"}v[t-1] + ${p.gain === null ? "" : "(1-α)·"}i[t]`,
    pieces: [
      told("decay", p.alpha === 1 ? fixed(before("v")) : `${fixed(p.alpha)}·${fixed(before("v"))}`),
      told("", "+"),
      told("input", p.gain === null ? fixed(i) : `${fixed(p.gain)}·${fixed(i)}`),
      told("", `= ${fixed(u)}`),
    ],
  };
  if (!spikes) lines.out = { label: "output = u[t]", pieces: [told("", fixed(u))] };
  if (p.kind === "ALIF") {
    lines.theta = { label: "θ[t] = b0 + a·b[t-1]", pieces: [told("compare", `${fixed(p.threshold)} + ${fixed(p.adaptScale)}·${fixed(before("b"))} = ${fixed(theta)}`)] };
  }
  if (spikes) {
    lines.s = { label: spikeSymbols(p), pieces: [told("compare", comparison(p, u, theta)), told("spike", `${s} ${s === 1 ? "spike" : "spikes"}`)] };
    lines.r = { label: p.resetValue === null ? `r[t] = u - s·${p.subtractValue === null ? "θ" : "d"}` : "r[t] = reset value where s > 0", pieces: [told("reset", resetOf(p, u, s, theta))] };
  }
  lines.v = p.minVMem === null
    ? { label: spikes ? "v[t] = r" : "v[t] = u", pieces: [told("", fixed(v))] }
    : { label: `v[t] = max(${spikes ? "r" : "u"}, v_min)`, pieces: [told("bound", `max(${spikes ? resetNumber(p, u, s, theta) : fixed(u)}, ${fixed(p.minVMem)}) = ${fixed(v)}`)] };
  if (p.kind === "ALIF") lines.b = { label: "b[t] = ρ·b[t-1] + (1-ρ)·s", pieces: [told("", `${fixed(p.rho)}·${fixed(before("b"))} + ${fixed(p.adaptGain)}·${s} = ${fixed(b)}`)] };
  return lines;
}

const told = (part, text) => ({ part, text });

const spikeSymbols = ({ isSingle, mostSpikes }) => (isSingle ? "s[t] = 1 where u ≥ θ" : mostSpikes < Infinity ? `s[t] = min(⌊u/θ⌋, ${mostSpikes})` : "s[t] = ⌊u/θ⌋");

const comparison = ({ isSingle }, u, theta) => (isSingle ? `${fixed(u)} ${u >= theta ? "≥" : "<"} ${fixed(theta)}:` : `${fixed(u)} / ${fixed(theta)}:`);

const resetOf = (p, u, s, theta) =>
  p.resetValue === null ? `${fixed(u)} - ${s}·${fixed(p.subtractValue ?? theta)} = ${resetNumber(p, u, s, theta)}` : resetNumber(p, u, s, theta);

const resetNumber = (p, u, s, theta) => fixed(reset(u, s, theta, p));

/** @param {number} value */
const fixed = (value) => (Math.abs(value) < FAR ? value.toFixed(DECIMALS) : inDigits(value)).replace("-", "\u2212");

/** Time to the first spike, rate, intervals, and where v tends, of the neuron that is shown. */
function readingsOf(view) {
  const { p, run, header } = view;
  const told = [];
  if (p.threshold < Infinity) {
    const s = rowIn(view, run, "s");
    const times = spikeTimes(s);
    const first = timeToFirstSpike(times);
    const intervals = spikeIntervals(times);
    told.push(first === null ? "no spike" : `first spike at step ${first}`);
    told.push(`rate ${inDigits(rate(s))} per step (${inDigits(rate(s) / header.dt)} Hz)`);
    if (intervals.length) told.push(`intervals ${intervals.length > LATEST ? "… " : ""}${intervals.slice(-LATEST).join(", ")} steps`);
  }
  const z = rowOf(run, view.z, view.neuron);
  const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
  const isSteady = view.settings.input.kind === "step_current";
  const steady = steadyState(isSteady ? view.settings.input.amplitude : mean, p);
  told.push(`steady state ${Number.isFinite(steady) ? `v∞ ${inDigits(steady)}` : "none: v grows without end"}${isSteady ? "" : " of the mean input"}`);
  return told.join(" · ");
}
