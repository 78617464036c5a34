// Values that are in force here before Python has answered: what is being dragged, and what was told. Then Python's own take their place.

import { ask } from "./frame.js";
import { derive } from "./runs.js";
import { changed } from "./settings.js";
import { madeOf, read } from "./state.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./settings.js").Changes} Changes */

const RECORDED = /** @type {const} */ (["i", "u", "v", "s", "theta"]);

/**
 * Takes what Python sent. What is being dragged, or was told and isn't answered, stays in force here.
 * @param {View} view
 * @param {import("./state.js").Data} data
 * @param {(name: string, value: unknown) => void} send
 * @returns {boolean} whether nothing is unanswered now
 */
export function receive(view, data, send) {
  const { isDragging } = view;
  const isEdited = isDragging || isUnanswered(view);
  const before = view.made;
  const { settings, ...received } = read(data);
  const { header } = received;
  Object.assign(view, received);
  view.acts.update(send, header.answered);
  const isSettled = !isDragging && !view.acts.unanswered.length;
  if (isSettled) {
    view.settings = settings;
    view.neuron = header.look.neuron;
  }
  const [, steps, neurons] = header.input.shape;
  const [, oldSteps, oldNeurons] = view.settings.input.shape;
  // An input of another size is Python's to make.
  if (steps !== oldSteps || neurons !== oldNeurons) view.settings.input = header.input;
  view.at = Math.min(view.at, steps - 1);
  view.neuron = Math.min(view.neuron, neurons - 1);
  const isOther = !isEdited && view.made !== before; // by an undo, say
  const isBack = !isDragging && !isUnanswered(view) && view.made === view.ghost?.made; // by one that was answered along with the edit
  if (isOther || isBack || view.ghost?.run.z.length !== view.base.z.length) view.ghost = null;
  derive(view);
  if (isSettled) compareWithPython(view);
  return isSettled;
}

/** Whether Python was told of edits that it hasn't answered. @param {View} view */
const isUnanswered = ({ acts }) => acts.unanswered.some((act) => act.do === "edit");

/** Where snncore computed other numbers, its own are shown, and the console says so. @param {View} view */
function compareWithPython({ run, header, arrays }) {
  for (const name of RECORDED) {
    const place = header.record[name];
    if (place === undefined) continue;
    const expected = arrays[place];
    // + 0: a zero's sign doesn't matter.
    if (run[name].every((value, index) => Object.is(value + 0, expected[index] + 0))) continue;
    run[name] = expected;
    console.warn(`The browser computed another ${name} than snncore.`);
  }
}

/** Tells Python; what is looked at changes at once. @param {View} view @param {import("./state.js").NeuronAct} one */
export function act(view, one) {
  if (view.isGone) return;
  if (one.do === "look") Object.assign(view.header.look, one);
  else view.ghost = null;
  ask(view, true);
  view.acts.tell(one);
}

/** Puts values in force at once, by path; they are told with the next `commit`. @param {View} view @param {Changes} changes */
export function change(view, changes) {
  if (!view.isDragging) {
    view.isDragging = true;
    view.ghost = { run: view.run, p: view.p, made: madeOf(view.settings) };
    view.nodes.note.classList.add("neuron-past");
  }
  Object.assign(view.unsent, changes);
  view.settings = changed(view.settings, changes);
  ask(view, true);
}

/** Tells Python what was changed. @param {View} view */
export function commit(view) {
  if (!view.isDragging) return;
  view.isDragging = false;
  const { unsent: changes, ghost } = view;
  view.unsent = {};
  act(view, { do: "edit", changes });
  view.ghost = ghost;
}
