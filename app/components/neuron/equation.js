// The equations of the step under the cursor with its numbers filled in, the part that is lit marked, and what is read off the whole run.
// Nothing is computed here but what stands on paper between two numbers of the run.

const DECIMALS = 3; // of all numbers, so that nothing jumps from step to step
const FAR = 1000; // from which on they have three digits instead
const TOLD = 3; // intervals at the beginning and at the end

/** Makes the lines that Python sent, of texts with places for numbers. */
function makeEquation(view) {
  view.pieces = [];
  const lines = view.header.equation.map(({ symbols, pieces }) => {
    const line = element("p", "neuron-line");
    const add = (className, text, part) => view.pieces.push({ node: element("span", className, line), text, part });
    add("neuron-symbols", symbols);
    for (const [text, part] of pieces) {
      add("neuron-piece", text, part);
      view.pieces.at(-1).node.dataset.part = part;
    }
    return line;
  });
  view.equation.replaceChildren(...lines, view.readings);
}

function fillEquation(view) {
  const numbers = numbersOf(view);
  for (const { node, text, part } of view.pieces) {
    setText(node, text.replace(/{(.+?)}/g, (_, name) => numbers[name]));
    node.classList.toggle("neuron-lit", Boolean(part) && part === view.part);
  }
  setText(view.readings, readingsOf(view));
}

/** What stands in the places: the step under the cursor, the one before it, and the parameters in force. */
function numbersOf(view) {
  const { p, at } = view;
  const numbers = { at };
  for (const [name, value] of Object.entries(p)) if (typeof value === "number") numbers[name] = fixed(value);
  const [u, s, theta] = ["u", "s", "theta", "z", "i", "v", "b"].map((name) => {
    const row = rowIn(view, view.run, name);
    numbers[name] = fixed(row[at]);
    numbers[`${name}-`] = fixed(at ? row[at - 1] : 0);
    return row[at];
  });
  const [r, taken, sign] = [fixed(reset(u, s, theta, p)), fixed(p.subtractValue ?? theta), u >= theta ? "≥" : "<"];
  return { ...numbers, s, spikes: `${s} spike${s === 1 ? "" : "s"}`, r, taken, sign };
}

/** @param {number} value */
const fixed = (value) => (Math.abs(value) < FAR ? value.toFixed(DECIMALS) : inDigits(value)).replace("-", "\u2212");

/** Of the neuron that is shown: time to the first spike, rate, intervals, and where v tends under a constant current. */
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
    if (intervals.length > 2 * TOLD) intervals.splice(TOLD, intervals.length - 2 * TOLD, "…");
    if (intervals.length) told.push(`intervals ${intervals.join(", ")} steps`);
  }
  const steady = steadyOf(view, p);
  if (steady !== null) told.push(`steady state${sumOf(rowIn(view, run, "s")) ? " without spikes" : ""} v∞ ${inDigits(steady)}`);
  return told.join(" · ");
}
