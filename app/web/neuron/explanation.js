// What a parameter does, under its name, and values to try of it.

import { button, element } from "../lib/dom.js";
import { act, change, commit } from "./in_force.js";
import { calm } from "./motion.js";
import { valueAt } from "./settings.js";
import { inHundredths } from "./stimulus_handles.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./controls.js").Control} Control */

const TRY_TIME = 600; // milliseconds that a slider takes to a value that is tried

/** Opens what a parameter does and what to try of it, or closes it; one is open at a time. @param {View} view @param {Control} control */
export function explain(view, control) {
  const isOpen = control === view.explained;
  view.explanation?.remove();
  if (view.explained) view.explained.title.ariaExpanded = "false";
  view.explained = isOpen ? null : control;
  if (isOpen) return;
  control.title.ariaExpanded = "true";
  const explanation = element("div", "neuron-explanation", control.root);
  element("p", "", explanation, { textContent: control.row.note });
  for (const { words, value } of control.row.tries) button(explanation, words, () => tryValue(view, control, value));
  view.explanation = explanation;
}

/** Moves the slider to the value before one's eyes. @param {View} view @param {Control} control @param {unknown} value */
function tryValue(view, { row }, value) {
  view.finishTrying?.();
  const { path } = row;
  if (path === undefined) return;
  const before = valueAt(view.settings, path);
  if (row.widget !== "slider" || typeof value !== "number" || typeof before !== "number" || calm.matches) {
    return act(view, { do: "edit", changes: { [path]: value } });
  }
  const begin = performance.now();
  let frame = 0;
  const put = (/** @type {number} */ now) => change(view, { [path]: now });
  const finish = () => {
    cancelAnimationFrame(frame);
    view.finishTrying = null;
    put(value);
    commit(view);
  };
  const move = (/** @type {number} */ now) => {
    const share = Math.max(now - begin, 0) / TRY_TIME;
    if (share >= 1) return finish();
    const between = before + (value - before) * share;
    put(row.isWhole ? Math.round(between) : inHundredths(between));
    frame = requestAnimationFrame(move);
  };
  view.finishTrying = finish;
  move(begin);
}
