// What stands above the plot: the count, and what is wrong with the buttons that mend it.

import { button, element, setText } from "../lib/dom.js";
import { inDigits, sumOf } from "../lib/numbers.js";
import { setTerms } from "../lib/terms.js";
import { act } from "./in_force.js";
import { rowIn } from "./runs.js";

/** @typedef {import("./state.js").View} View */

/** @param {View} view */
export function fillHead(view) {
  const { run, p, nodes } = view;
  const sum = sumOf(run.s);
  const many = run.neurons > 1 ? `${run.neurons} neurons × ` : "";
  const spikes = p.threshold < Infinity;
  setText(nodes.count, inDigits(spikes ? sum : rowIn(view, run, "u")[run.steps - 1]));
  setText(nodes.unit, spikes ? ` spike${sum === 1 ? "" : "s"} in ${many}${run.steps} steps` : ` u at the last of ${run.steps} steps`);
}

/** What is wrong, and the buttons that mend it. @param {View} view */
export function fillNote(view) {
  const { note, plot } = view.nodes;
  const { notes } = view.header;
  if (!view.isDragging) note.classList.remove("neuron-past");
  const noted = JSON.stringify(notes);
  if (view.noted === noted) return;
  view.noted = noted;
  if (note.contains(document.activeElement)) plot.focus();
  note.replaceChildren();
  setTerms(element("span", "", note), notes.sentence);
  notes.remedies.forEach((label, remedy) => {
    button(note, label, () => act(view, { do: "remedy", remedy }));
  });
}
