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
  Object.entries(wanted).forEach(([name, { label, pieces }], row) => {
    const line = lines.get(name) ?? createLine(view, name);
    if (parent.children[row] !== line.root) parent.insertBefore(line.root, parent.children[row]);
    if (line.pieces.length !== pieces.length || pieces.some(({ part }, place) => part !== line.pieces[place].dataset.part)) makePieces(line, pieces);
    setText(line.label, label);
    pieces.forEach(({ text, part }, place) => {
      setText(line.pieces[place], text);
      line.pieces[place].classList.toggle("neuron-lit", part !== "" && part === view.part);
    });
  });
  for (const [name, { root }] of lines) root.hidden = !(name in wanted);
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
  const now = (name) => fixed(row(name)[at]);
  const before = (name) => fixed(at ? row(name)[at - 1] : 0);
  const line = (label, ...pieces) => ({ label, pieces: pieces.map(([text, part = ""]) => ({ text, part })) });
  const [u, s, theta] = ["u", "s", "theta"].map((name) => row(name)[at]);
  const [alpha, gain] = [p.alpha === 1 ? "" : `${fixed(p.alpha)}·`, p.gain === null ? "" : `${fixed(p.gain)}·`];
  const lines = {
    t: line(`t = ${at}`),
    i: p.beta === null ? line("i[t] = z[t]", [now("z"), "input"]) : line("i[t] = β·(i[t-1] + z[t])", [`${fixed(p.beta)}·(${before("i")} + ${now("z")}) = ${now("i")}`, "input"]),
    u: line(`u[t] = ${alpha && "α·"}v[t-1] + ${gain && "(1-α)·"}i[t]`, [alpha + before("v"), "decay"], ["+"], [gain + now("i"), "input"], [`= ${now("u")}`]),
  };
  const bound = (symbol, number) => (p.minVMem === null ? line(`v[t] = ${symbol}`, [now("v")]) : line(`v[t] = max(${symbol}, v_min)`, [`max(${number}, ${fixed(p.minVMem)}) = ${now("v")}`, "bound"]));
  if (p.threshold === Infinity) return { ...lines, v: bound("u", now("u")), out: line("output = u[t]", [now("u")]) };
  const adapts = p.kind === "ALIF";
  if (adapts) lines.theta = line("θ[t] = b0 + a·b[t-1]", [`${fixed(p.threshold)} + ${fixed(p.adaptScale)}·${before("b")} = ${now("theta")}`, "compare"]);
  const compared = p.isSingle ? `${now("u")} ${u >= theta ? "≥" : "<"} ${now("theta")}:` : `${now("u")} / ${now("theta")}:`;
  lines.s = line(`s[t] = ${spikeSymbols(p)}`, [compared, "compare"], [`${s} spike${s === 1 ? "" : "s"}`, "spike"]);
  const r = fixed(reset(u, s, theta, p));
  lines.r = p.resetValue === null
    ? line(`r[t] = u - s·${p.subtractValue === null ? "θ" : "d"}`, [`${now("u")} - ${s}·${fixed(p.subtractValue ?? theta)} = ${r}`, "reset"])
    : line("r[t] = v_reset where s > 0, else u", [r, "reset"]);
  lines.v = bound("r", r);
  if (adapts) lines.b = line("b[t] = ρ·b[t-1] + (1-ρ)·s", [`${fixed(p.rho)}·${before("b")} + ${fixed(p.adaptGain)}·${s} = ${now("b")}`]);
  return lines;
}

const spikeSymbols = ({ isSingle, mostSpikes }) => (isSingle ? "1 where u ≥ θ" : mostSpikes < Infinity ? `min(⌊u/θ⌋, ${mostSpikes})` : "⌊u/θ⌋");

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
  const z = rowIn(view, run, "z");
  const mean = sumOf(z) / z.length;
  const isSteady = view.settings.input.kind === "step_current";
  const steady = steadyState(isSteady ? view.settings.input.amplitude : mean, p);
  told.push(`steady state ${Number.isFinite(steady) ? `v∞ ${inDigits(steady)}` : "none: v grows without end"}${isSteady ? "" : " of the mean input"}`);
  return told.join(" · ");
}
