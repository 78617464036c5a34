// The time cursor, the selected neuron and the lit part of the step, and what they show in words.

import { setText } from "../lib/dom.js";
import { clamp, inDigits, wholeWithin } from "../lib/numbers.js";
import { toTime } from "../lib/time_axis.js";
import { unit } from "../lib/unit.js";
import { ask } from "./frame.js";
import { act } from "./in_force.js";
import { timeAxis } from "./painting.js";
import { rowIn } from "./runs.js";

/** @typedef {import("./state.js").View} View */

/** Puts the time cursor on a step, with `aloud` also in words. @param {View} view @param {number} time @param {boolean} [aloud] */
export function moveCursor(view, time, aloud = false) {
  view.at = wholeWithin(time, 0, view.run.steps - 1);
  sessionStorage.neuronStep = view.at; // a reload finds it again
  if (aloud) setText(view.nodes.said, sayStep(view, view.at));
  ask(view);
}

/** @param {View} view @param {View["part"]} part */
export function light(view, part) {
  view.part = part;
  ask(view);
}

/** @param {View} view @param {number} time */
export function sayStep(view, time) {
  const { neuron, run, p } = view;
  const at = (/** @type {import("./scan.js").Quantity} */ name) => rowIn(view, run, name)[time];
  const s = at("s");
  const current = p.beta === null ? "" : `, i ${inDigits(at("i"))}`;
  const spikes = s > 0 ? `, ${inDigits(s)} spike${s > 1 ? "s" : ""}, v ${inDigits(at("v"))}` : "";
  const spiking = p.threshold < Infinity ? `, θ ${inDigits(at("theta"))}${spikes}` : "";
  const who = run.neurons > 1 ? `neuron ${neuron}, ` : "";
  return `${who}step ${time}: input ${inDigits(at("z"))}${current}, u ${inDigits(at("u"))}${spiking}`;
}

/** Says what is drawn now under a pointer that rests on the plot; nothing while something is dragged. @param {View} view */
export function refreshTip(view) {
  const { tip } = view.nodes;
  if (view.isDragging) tip.hidden = true;
  if (!tip.hidden) setText(tip, sayStep(view, wholeWithin(Number(tip.dataset.time), 0, view.run.steps - 1)));
}

/** @param {View} view @param {number} neuron */
export function choose(view, neuron) {
  const chosen = clamp(neuron, 0, view.run.neurons - 1);
  if (chosen === view.neuron) return;
  view.neuron = chosen;
  ask(view, true);
  act(view, { do: "look", neuron: chosen });
}

/** Where an event is in the plot: units, and the time there. @param {View} view @param {MouseEvent} event */
export function pointOf(view, { clientX, clientY }) {
  const box = view.nodes.plot.getBoundingClientRect();
  const x = (clientX - box.left) / unit();
  return { x, y: (clientY - box.top) / unit(), time: toTime(timeAxis(view), x) };
}
