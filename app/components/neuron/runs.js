// The runs that are shown: that of the present settings, and those that it is compared with.

const paramsOf = (view, neuron, table = view.table) => parametersInForce(neuron, table);

/** Runs the neurons, and those that they are compared with. */
function derive(view) {
  view.derives = false;
  const { settings, base, neuron: chosen } = view;
  const neuron = settings.neurons[settings.kind];
  view.p = paramsOf(view, neuron);
  view.run = scan(stimulus(settings.input, base), settings.input.shape[2], view.p);
  view.seconds = [];
  if (view.ghost) addSecond(view, "ghost", "before the drag", view.ghost.p, view.ghost.run);
  const [label, other] = besideOf(neuron)[view.header.look.beside] ?? [];
  if (other) runSecond(view, "beside", label, { ...neuron, ...other }, rowOf(view.run, view.run.z, chosen));
  const { pinned } = view.header;
  if (!pinned) return;
  const z = view.arrays[pinned.z];
  const row = z.length > pinned.steps * chosen ? chosen : 0;
  runSecond(view, "A", "A", pinned.neuron, z.slice(row * pinned.steps, (row + 1) * pinned.steps), decayTable(pinned.neuron.decays));
}

function runSecond(view, name, label, neuron, z, table = view.table) {
  const p = paramsOf(view, neuron, table);
  const steady = name === "A" ? null : steadyOf(view, p); // A may have another input
  addSecond(view, name, steady === null ? label : `${label}, v∞ ${inDigits(steady)}`, p, scan(z, 1, p));
}

function addSecond(view, name, label, p, run) {
  view.seconds.push({ name, label, p, run });
}

/** The same neuron with one thing otherwise: by what may be looked at, what it is called and which fields are others. */
const besideOf = ({ kind, tau_mem: leaks, tau_syn: synapse, norm_input: normalised }) => ({
  ...(leaks !== null && { norm_input: [`input ${normalised ? "not " : ""}normalised`, { norm_input: !normalised }] }),
  ...(synapse !== null && { tau_syn: ["without τ_syn", { tau_syn: null }] }),
  ...(kind === "ALIF" && { LIF: ["without adaptation", { adapt_scale: 0 }] }),
});

/** Where v tends under the input's constant current, null where it has none or v tends nowhere. */
function steadyOf({ settings: { input } }, p) {
  const steady = input.kind === "step_current" ? steadyState(input.amplitude, p) : Infinity;
  return Number.isFinite(steady) ? steady : null;
}
