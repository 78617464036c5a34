// Keys of a plot: left and right move from value to value (with Shift by ten), up and down to the nearest value of the next trace, Home and
// End to the first and the last, Escape leaves. On a scrubber the place is chosen that they lead to.

import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp } from "../lib/numbers.js";
import { plotly } from "../lib/plotly.js";
import { leave, moveTo } from "./cursor.js";
import { lanes } from "./figure.js";
import { choose, chooseAt, lastPlace } from "./scrubbing.js";

/** @typedef {import("./lasting_plot.js").Plot} Plot */

/** How far it is from value to value of a trace, at most 1. @param {{x: number[]} | undefined} trace */
function pitch(trace) {
  const x = trace?.x ?? [];
  return Math.min((x[x.length - 1] - x[0]) / (x.length - 1) || 1, 1);
}

/** @param {Plot} plot @param {KeyboardEvent} event */
export function onKey(plot, event) {
  const { graph } = plot;
  if (!graph) return;
  const move = plot.scrub ? chooseAt : moveTo;
  const all = lanes(graph);
  const at = plot.at ?? { lane: 0, x: -1 };
  const [along, down] = ARROWS[event.key] ?? [0, 0];
  const lane = clamp(at.lane + down, 0, all.length - 1);
  const x = plot.scrubbed ?? (plot.scrub ? lastPlace(graph) : at.x); // what is seen, not where the pointer happens to rest
  plotly().Fx.unhover(graph);
  if (event.key === "Escape" && (plot.at || plot.scrubbed !== null)) {
    leave(plot);
    if (plot.scrub) choose(plot, null);
  } else if (event.key === "Home") {
    move(plot, graph, { lane, x: plot.scrub ? 0 : all[lane]?.x[0] });
  } else if (event.key === "End") {
    move(plot, graph, { lane, x: plot.scrub ? lastPlace(graph) : (all[lane]?.x.at(-1) ?? 0) });
  } else if (along) {
    move(plot, graph, { lane, x: x + along * pitch(all[lane]) * (event.shiftKey ? LEAP : 1) });
  } else if (down) {
    moveTo(plot, graph, { lane, x });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
