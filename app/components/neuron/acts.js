// What Python sends and what it is told: acts, each numbered, and values that are in force here before Python has answered.

/** Takes what Python sent. What is being dragged, or was told and isn't answered, stays in force here. */
function receive(view, { header, arrays }) {
  const isFirst = !view.header;
  const isAnswer = view.isDragging || view.pending.some(({ act: { do: what } }) => what === "edit");
  const told = JSON.stringify([header.kind, header.neurons, header.input]);
  Object.assign(view, { header, arrays, palette: header.palette, table: decayTable(header.decays) });
  view.base = { input: header.input, z: arrays[header.z], draws: header.draws === null ? null : arrays[header.draws], dt: header.dt };
  view.number = Math.max(view.number, header.answered); // a new view in a session that has answered acts
  view.pending = view.pending.filter(({ number }) => number > header.answered);
  tellAgain(view);
  if (!view.isDragging && !view.pending.length) {
    const [, , neurons] = header.input.shape;
    view.settings = { kind: header.kind, neurons: header.neurons, input: header.input };
    view.neuron = Math.min(header.look.neuron, neurons - 1);
    for (const row of view.controls.rows.values()) row.shown = undefined; // a widget may show what was refused
  }
  if (isFirst) view.at = Math.floor(header.input.shape[1] / 4);
  const [, steps, neurons] = view.settings.input.shape;
  if (view.base.z.length !== steps * neurons) view.settings.input = header.input; // an input of another size is Python's to make
  view.at = Math.min(view.at, view.settings.input.shape[1] - 1);
  view.neuron = Math.min(view.neuron, view.settings.input.shape[2] - 1);
  const isOther = view.told !== told && !isAnswer; // by an undo, say
  if (isOther || view.ghost?.run.z.length !== view.base.z.length) view.ghost = null;
  view.told = told;
  view.plot.setAttribute("aria-label", `${header.description} Arrow keys move the time cursor, Space plays, the full stop goes one step on.`);
  if (!isFirst && view.described !== header.description) setText(view.said, header.description);
  view.described = header.description;
  view.root.style.setProperty("--neuron-threshold", view.palette.threshold);
  fillNote(view);
  fillTabs(view);
  derive(view);
  compareWithPython(view);
  draw(view); // at once, so that whoever waits for the answer finds it drawn
}

/** Whether snncore computed the same numbers; where it did not, its own are shown. */
function compareWithPython(view) {
  if (view.isDragging || view.pending.length) return;
  const different = Object.entries(view.header.record).filter(([name, place]) => {
    const expected = view.arrays[place];
    return !view.run[name].every((value, index) => Object.is(value + 0, expected[index] + 0)); // + 0: a zero's sign doesn't matter
  });
  for (const [name, place] of different) view.run[name] = view.arrays[place];
  view.root.dataset.agrees = String(!different.length);
}

/** Tells Python; what is looked at changes at once. */
function act(view, one) {
  if (view.isGone) return;
  if (one.do === "look") {
    Object.assign(view.header.look, one);
    fillTabs(view);
    ask(view, { derives: true });
  }
  view.number += 1;
  view.pending.push({ number: view.number, act: one });
  view.tell("acts", view.pending);
  tellAgain(view);
}

/** Streamlit drops what another interaction interrupts, so acts are told until they are answered. */
function tellAgain(view) {
  clearTimeout(view.telling);
  if (!view.pending.length) return;
  view.telling = setTimeout(() => {
    view.tell("acts", [...view.pending]);
    tellAgain(view);
  }, PATIENCE);
}

const PATIENCE = 1500; // milliseconds until an act without an answer is told again
const ONLY_PYTHON = ["input.shape", "input.kind", "network.0.kind"]; // what only Python can make of the rest

/** Puts values in force at once, by path; they are told with the next `commit`. */
function change(view, changes) {
  if (!view.isDragging) {
    view.isDragging = true;
    view.ghost = { run: view.run, p: view.p };
  }
  Object.assign(view.unsent, changes);
  const { settings } = view;
  const neurons = { ...settings.neurons };
  const input = { ...settings.input };
  for (const [path, value] of Object.entries(changes)) {
    const [owner, ...rest] = path.split(".");
    if (ONLY_PYTHON.includes(path)) continue;
    if (owner === "input") input[rest[0]] = value;
    else for (const [kind, neuron] of Object.entries(neurons)) if (mayHave(neuron, rest[1])) neurons[kind] = { ...neuron, [rest[1]]: placed(neuron[rest[1]], rest[2], value) };
  }
  const kind = changes["network.0.kind"] ?? settings.kind;
  const { shape, values } = input; // what was drawn over is in the values, its weight too
  view.settings = { kind, neurons, input: changes["input.kind"] === "drawn" ? { kind: "drawn", shape, values, weight: 1 } : input };
  ask(view, { derives: true });
}

/** A value, or a part with it in one of its fields. */
const placed = (part, field, value) => (field ? { ...part, [field]: value } : value);

/** Whether a model has a field; τ_syn and the lower bound are null in those that have them switched off. */
function mayHave(neuron, name) {
  if (name === "norm_input") return neuron.tau_mem !== null;
  return neuron[name] != null || ((name === "tau_syn" || name === "min_v_mem") && name in neuron);
}

/** Tells Python what was changed. */
function commit(view) {
  if (!view.isDragging) return;
  view.isDragging = false;
  const changes = view.unsent;
  view.unsent = {};
  act(view, { do: "edit", changes });
  ask(view);
}

