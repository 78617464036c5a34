// The panel of the f–I curve: the rate under constant inputs, measured and by formula, and where the present neuron stands on it: at its own
// input if that is constant, else at its rate while it has input, over the mean of that.

import { inDigits } from "../lib/numbers.js";
import { LEFT } from "../lib/time_axis.js";
import { KEY_LINE, paintChart } from "./chart.js";
import { write } from "./painting.js";
import { constantOf, drive, fICurve, firingRate, rate, spanOf, steadyState } from "./response.js";
import { rowIn } from "./runs.js";

/** @typedef {import("./painting.js").Point} Point */

const [CURRENTS, SETTLING, COUNTED] = [60, 100, 200]; // of the curve; the last two in steps, as many as a frame has time for

/** @param {import("./painting.js").Stage} stage @returns {string} the same in words */
export function paintRates(stage) {
  const { view, palette } = stage;
  const { p, run } = view;
  if (p.threshold === Infinity) {
    const words = `${p.kind} never spikes, so it has no f–I curve.`;
    write(stage, words, LEFT, KEY_LINE, "left");
    return words;
  }
  const held = constantOf(rowIn(view, run, "z"), view.header.least_span);
  const present = pointOfRun(rowIn(view, run, "z"), rowIn(view, run, "s"), held, p);
  const rheobase = p.threshold / (p.alpha === 1 ? drive(1, p) : steadyState(1, p)); // without leak it is 0: there that of a spike per step
  const high = roundedUp(2 * Math.max(Math.min(rheobase, 1e6), Math.abs(present[0])));
  const low = present[0] < 0 ? -high : 0;
  const even = Array.from({ length: CURRENTS + 1 }, (_, place) => low + ((high - low) * place) / CURRENTS);
  const currents = Number.isNaN(held) ? even : [...even, held].sort((one, other) => one - other);
  const measured = fICurve(currents, p, COUNTED, SETTLING);
  const formula = currents.map((current) => firingRate(Math.fround(current), p));
  const known = formula.map((value) => value ?? 0);
  const most = roundedUp(Math.max(present[1], ...measured, ...known, 0.01));
  const isKnown = known.some((value) => value > 0);
  /** @type {(values: (number | null)[]) => Point[]} */
  const over = (values) => values.flatMap((value, place) => (value === null ? [] : [[currents[place], value]]));
  /** @type {import("./chart.js").Line[]} */
  const lines = [
    {
      label: `measured${isKnown ? "" : ", no closed form for this neuron"}`,
      points: over(measured),
      stroke: [palette.text, 4, [], 0.4],
    },
  ];
  if (isKnown) lines.push({ label: "closed form", points: over(formula), stroke: [palette.text, 1.5, [5, 4]] });
  const label = Number.isNaN(held) ? "this run, while it has input" : "this run's input, held on";
  lines.push({ label, points: [present], stroke: [palette.text] });
  paintChart(
    stage,
    [
      [low, high],
      [0, most],
    ],
    ["input I", "rate (spikes per step)"],
    lines,
  );
  const [mean, now, fastest] = [...present, Math.max(...measured)].map((value) => inDigits(value));
  const upTo = `up to ${fastest} spikes per step at inputs up to ${inDigits(high)}`;
  const ours = Number.isNaN(held) ? `This run: mean input ${mean} while it lasts` : `This run's input, held on: ${mean}`;
  return `f–I curve: ${upTo}. ${ours}, ${now} spikes per step.`;
}

/**
 * Where a run stands among constant inputs. A constant input is measured as the curve is, since the run's own rate is also that of its
 * beginning, and of few spikes.
 * @param {Float32Array} z input of the shown neuron, (steps)
 * @param {Float32Array} s its spikes
 * @param {number} held its constant input; NaN where it varies
 * @param {import("./step.js").Parameters} p
 * @returns {Point} input and rate in spikes per step
 */
export function pointOfRun(z, s, held, p) {
  if (!Number.isNaN(held)) return [held, fICurve([held], p, COUNTED, SETTLING)[0]];
  const { begin, end, mean } = spanOf(z);
  return [mean, rate(s.subarray(begin, end))];
}

/** The next round number that isn't below, for the end of an axis. @param {number} value */
function roundedUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.5, 2, 3, 5, 7.5].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10);
}
