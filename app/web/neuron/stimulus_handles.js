// What of an input can be dragged, and what that changes of the Experiment. Pure functions of numbers.

import { clamp, wholeWithin } from "../lib/numbers.js";
import { knownInput } from "./stimulus.js";

/** @typedef {import("../wire.js").InputFields} InputFields */
/** @typedef {import("./settings.js").Changes} Changes */

/**
 * What can be dragged, where it lies, and along what.
 * @typedef {object} StimulusHandle
 * @property {string} name
 * @property {string} label
 * @property {"time" | "value" | "both"} axis
 * @property {number} time
 * @property {number} value
 * @property {(time: number, value: number) => Changes} set the changes of the Experiment, within what it accepts
 */

const STRONGEST = 1e6; // as far as Python takes strengths

/**
 * @param {InputFields} input
 * @param {number} steps
 * @returns {StimulusHandle[]}
 */
export function stimulusHandles(input, steps) {
  return handlesOf(input, steps).map((handle) => ({ ...handle, time: Math.min(handle.time, steps) }));
}

/** @param {InputFields} input @param {number} steps @returns {StimulusHandle[]} */
function handlesOf(input, steps) {
  const known = knownInput(input);
  switch (known?.kind) {
    case "step_current": {
      const { amplitude, start, stop } = known;
      const end = Math.min(stop ?? steps, steps);
      const setStart = (/** @type {number} */ time) => ({ "input.start": wholeWithin(time, 0, end - 1) });
      const setStop = (/** @type {number} */ time) => ({ "input.stop": time >= steps ? null : wholeWithin(time, start + 1, steps) });
      return [
        { name: "start", label: "Start of the current", axis: "time", time: start, value: amplitude, set: setStart },
        valueHandle("amplitude", "Amplitude", Math.floor((start + end) / 2), amplitude),
        { name: "stop", label: "End of the current", axis: "time", time: end, value: amplitude, set: setStop },
      ];
    }
    case "spike_bursts": {
      const { first, period, length, count, weight } = known;
      const setFirst = (/** @type {number} */ time, /** @type {number} */ value) => ({
        "input.first": wholeWithin(time, 0, steps - 1),
        "input.weight": inHundredths(value),
      });
      const setSecond = (/** @type {number} */ time) => ({ "input.period": wholeWithin(time - first, length, steps) });
      /** @type {StimulusHandle[]} */
      const handles = [
        { name: "first", label: "First pulse", axis: "both", time: first, value: weight, set: setFirst },
        { name: "second", label: "Second pulse", axis: "time", time: first + period, value: 0, set: setSecond },
      ];
      return count === 1 ? handles.slice(0, 1) : handles;
    }
    case "ramp_current":
      return [valueHandle("first", "First current", 0, known.first), valueHandle("last", "Last current", steps - 1, known.last)];
    case "sine_current": {
      const { offset, amplitude, period } = known;
      const setPeak = (/** @type {number} */ time, /** @type {number} */ value) => ({
        "input.amplitude": inHundredths(value - offset),
        "input.period": wholeWithin(8 * time, 4, 8 * steps) / 2,
      });
      return [
        valueHandle("offset", "Offset", 0, offset),
        { name: "peak", label: "Peak", axis: "both", time: period / 4, value: offset + amplitude, set: setPeak },
      ];
    }
    case "random_spikes":
    case "poisson_spikes":
      return [valueHandle("weight", "Weight of a spike", 0, known.weight)];
    default:
      return [];
  }
}

/**
 * The handle of a field that is a strength, named after it.
 * @param {string} field @param {string} label @param {number} time @param {number} value
 * @returns {StimulusHandle}
 */
const valueHandle = (field, label, time, value) => ({
  name: field,
  label,
  axis: "value",
  time,
  value,
  set: (_, now) => ({ [`input.${field}`]: inHundredths(now) }),
});

/** @param {number} value */
export const inHundredths = (value) => clamp(Math.round(value * 100) / 100, -STRONGEST, STRONGEST);

/** @typedef {{time: number, value: number}} Point */

/**
 * The values after a stroke in a straight line.
 * @param {number[]} values @param {Point} from @param {Point} to
 * @returns {number[]}
 */
export function drawStroke(values, from, to) {
  const drawn = [...values];
  const span = Math.abs(to.time - from.time);
  for (let step = 0; step <= span; step++) {
    const share = span ? step / span : 1;
    drawn[from.time + Math.sign(to.time - from.time) * step] = inHundredths(from.value + share * (to.value - from.value));
  }
  return drawn;
}
