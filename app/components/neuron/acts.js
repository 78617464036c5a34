// What Python sends and what it is told: acts, each numbered, and values that are in force here before Python has answered.

const PATIENCE = 1500; // milliseconds until an act without an answer is told again

/** Takes what Python sent. What is being dragged, or was told and isn't answered, stays in force here. */
function receive(view, { header, arrays }) {
  const { header: before, isDragging } = view;
  const isAnswer = isDragging || view.pending.some(({ act: { do: what } }) => what === "edit");
  const told = JSON.stringify([header.kind, header.models, header.input]);
  Object.assign(view, { header, arrays, palette: header.palette, table: decayTable(header.decays) });
  view.base = { input: header.input, z: arrays[header.z], draws: arrays[header.draws] ?? null, dt: header.dt };
  view.number = Math.max(view.number, header.answered); // a new view in a session that has answered acts
  view.pending = view.pending.filter(({ number }) => number > header.answered);
  tellAgain(view);
  const [, steps, neurons] = header.input.shape;
  if (!isDragging && !view.pending.length) {
    view.settings = { kind: header.kind, models: header.models, input: header.input };
    view.neuron = header.look.neuron;
    for (const row of view.rows.values()) row.shown = undefined; // a widget may show what was refused
    forgive(view);
  }
  const [, oldSteps, oldNeurons] = view.settings.input.shape;
  // An input of another size is Python's to make.
  if (steps !== oldSteps || neurons !== oldNeurons) view.settings.input = header.input;
  view.at = Math.min(before ? view.at : Number(sessionStorage.neuronStep ?? Math.floor(steps / 4)), steps - 1);
  view.neuron = Math.min(view.neuron, neurons - 1);
  const isOther = view.told !== told && !isAnswer; // by an undo, say
  if (isOther || view.ghost?.run.z.length !== view.base.z.length) view.ghost = null;
  view.told = told;
  view.plot.ariaLabel = `${header.description} ${header.keys}`;
  if (before && before.description !== header.description) setText(view.said, header.description);
  view.root.style.setProperty("--neuron-threshold", view.palette.threshold);
  fillNote(view);
  fillTabs(view);
  makeEquation(view);
  derive(view);
  compareWithPython(view);
  draw(view); // at once, so that whoever waits for the answer finds it drawn
}

/** Whether snncore computed the same numbers; where it did not, its own are shown. */
function compareWithPython(view) {
  if (view.isDragging || view.pending.length) return;
  const different = Object.entries(view.header.record).filter(([name, place]) => {
    const expected = view.arrays[place];
    // + 0: a zero's sign doesn't matter.
    return !view.run[name].every((value, index) => Object.is(value + 0, expected[index] + 0));
  });
  for (const [name, place] of different) view.run[name] = view.arrays[place];
  view.root.dataset.agrees = !different.length;
}

/** Tells Python; what is looked at changes at once. */
function act(view, one) {
  if (view.isGone) return;
  if (one.do === "look") {
    Object.assign(view.header.look, one);
    fillTabs(view);
  } else view.ghost = null;
  ask(view, true);
  view.number += 1;
  view.pending.push({ number: view.number, act: one });
  delete view.root.dataset.agrees;
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

/** Puts values in force at once, by path; they are told with the next `commit`. */
function change(view, changes) {
  if (!view.isDragging) {
    view.isDragging = true;
    view.ghost = { run: view.run, p: view.p };
    view.note.classList.add("neuron-past");
  }
  Object.assign(view.unsent, changes);
  const { kind, models, input } = view.settings;
  const settings = { kind, models: { ...models }, input };
  for (const [path, value] of Object.entries(changes)) {
    const [owner, ...names] = path.split(".");
    if (owner === "input") settings.input = placed(settings.input, names, value);
    else for (const [name, model] of Object.entries(models)) if (mayHave(model, names[1])) settings.models[name] = placed(settings.models[name], names.slice(1), value);
  }
  view.settings = settings;
  ask(view, true);
}

/** A value in a part, or in a part of it. */
const placed = (part, [name, ...names], value) => ({ ...part, [name]: names.length ? placed(part[name], names, value) : value });

/** Whether a model has a field; τ_syn and the lower bound are null where they are switched off. */
const mayHave = (model, name) => model[name] != null || name === "tau_syn" || name === "min_v_mem";

/** Tells Python what was changed. */
function commit(view) {
  if (!view.isDragging) return;
  view.isDragging = false;
  const { unsent: changes, ghost } = view;
  view.unsent = {};
  act(view, { do: "edit", changes });
  view.ghost = ghost;
}
