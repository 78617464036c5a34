// The runs that are shown: that of the present settings, and those that it is compared with.

const paramsOf = (view, neuron, table = view.table) => parametersInForce(neuron, table);

/** Runs the neurons, and those that they are compared with. */
function derive(view) {
  view.derives = false;
  const { settings: { kind, models, input }, base, neuron: chosen, ghost, header: { pinned, beside } } = view;
  view.p = paramsOf(view, models[kind]);
  view.run = scan(stimulus(input, base), input.shape[2], view.p);
  view.seconds = [];
  if (ghost) addSecond(view, "ghost", "before the drag", ghost.p, ghost.run);
  if (beside) {
    const p = paramsOf(view, { ...models[kind], ...beside.changes });
    const steady = steadyOf(view, p);
    const label = steady === null ? beside.label : `${beside.label}, v∞ ${inDigits(steady)}`;
    addSecond(view, "beside", label, p, scan(rowOf(view.run, view.run.z, chosen), 1, p));
  }
  if (!pinned) return;
  const z = view.arrays[pinned.z];
  const row = z.length > pinned.steps * chosen ? chosen : 0;
  const p = paramsOf(view, pinned.neuron, decayTable(pinned.neuron.decays));
  addSecond(view, "A", "A", p, scan(z.slice(row * pinned.steps, (row + 1) * pinned.steps), 1, p));
}

function addSecond(view, name, label, p, run) {
  view.seconds.push({ name, label, p, run });
}

/** Where v of the shown neuron tends under its constant current, null where it has none or v tends nowhere. */
function steadyOf(view, p) {
  const steady = steadyState(constantOf(rowIn(view, view.run, "z"), view.header.least_span), p);
  return Number.isFinite(steady) ? steady : null;
}
