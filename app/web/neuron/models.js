// The panel of the four models on the shown neuron's input.

import { inDigits, sumOf } from "../lib/numbers.js";
import { LEFT } from "../lib/time_axis.js";
import { spanning } from "./lanes.js";
import { paintLane, paintPotential, paintSteps, paintTicks } from "./marks.js";
import { STROKES, write } from "./painting.js";
import { parametersInForce } from "./parameters.js";
import { paintAxis } from "./plot.js";
import { rowIn } from "./runs.js";
import { scan } from "./scan.js";

const [HEIGHT, PITCH] = [60, 90]; // pixels of a model's lane, and from one to the next

/** @param {import("./painting.js").Stage} stage @returns {string} the same in words */
export function paintModels(stage) {
  const { view, palette } = stage;
  const words = Object.entries(view.settings.models).map(([kind, neuron], place) => {
    const p = parametersInForce(neuron, view.table);
    const run = scan(rowIn(view, view.run, "z"), 1, p);
    const spikes = p.threshold < Infinity;
    const count = sumOf(run.s);
    const said = spikes ? `${kind} ${inDigits(count)} spike${count === 1 ? "" : "s"}` : `${kind} never spikes`;
    const range = spanning([run.u, run.v, spikes ? run.theta : []]);
    const lane = { top: 20 + place * PITCH, height: HEIGHT, range };
    write(stage, said, LEFT, lane.top - 9, "left");
    paintLane(stage, lane, "u, v", () => {
      if (spikes) paintSteps(stage, lane, [run.theta], palette.threshold, 1.2, STROKES.threshold);
      paintPotential(stage, lane, run, palette.membrane, 1.4);
    });
    paintTicks(stage, run.s, lane.top + HEIGHT + 3, 7, 1.5);
    return said;
  });
  paintAxis(stage, { top: 12 + words.length * PITCH });
  return `The same input into four models: ${words.join(", ")}.`;
}
