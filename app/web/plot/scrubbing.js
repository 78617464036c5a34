// Choosing a place on the x axis: by a drag along the plot, or by keys. Any whole number up to the first trace's last can be chosen, drawn
// or not.

import { clamp, wholeWithin } from "../lib/numbers.js";
import { rem, unit } from "../lib/unit.js";
import { standAt } from "./cursor.js";
import { axesAlong } from "./figure.js";

const SCRUB_INTERVAL = 50; // milliseconds between two places that are told while dragging
const BESIDE = 4; // units beside an axis that still count as its ends

/**
 * @typedef {import("./figure.js").Graph} Graph
 * @typedef {import("./lasting_plot.js").Place} Place
 * @typedef {import("./lasting_plot.js").Plot} Plot
 */

/** The last place that can be chosen. Its trace may be thinned, but holds its end. @param {Graph} graph */
export const lastPlace = (graph) => graph._fullData[0].x.at(-1) ?? 0;

/** Tells the place that was chosen: at once, and while dragging at most so often, the last one always. @param {Plot} plot @param {number | null} x */
export function choose(plot, x) {
  plot.scrubbed = x;
  placeMark(plot);
  if (plot.waiting) return;
  plot.scrub?.(x);
  plot.waiting = setTimeout(() => {
    plot.waiting = undefined;
    if (plot.scrubbed !== x) choose(plot, plot.scrubbed);
  }, SCRUB_INTERVAL);
}

/** Moves the cursor to the place and chooses it. @param {Plot} plot @param {Graph} graph @param {Place} place */
export function chooseAt(plot, graph, { lane, x }) {
  const chosen = clamp(x, 0, lastPlace(graph));
  standAt(plot, graph, { lane, x: chosen });
  choose(plot, chosen);
}

/** A press on any panel, and a drag along it. @param {Plot} plot @param {PointerEvent} pressed */
export function onPress(plot, pressed) {
  const { graph } = plot;
  if (!plot.scrub || !graph || pressed.button) return;
  const left = graph.getBoundingClientRect().left;
  /** @param {PointerEvent} event */
  const placeOf = (event) => (event.clientX - left) / unit();
  const at = placeOf(pressed);
  const axis = axesAlong(graph).find(({ _offset, _length }) => at >= _offset - BESIDE && at <= _offset + _length + BESIDE);
  if (!axis) return;
  const guessed = Math.round(axis.p2l(at - axis._offset));
  if (plot.guess && guessed > lastPlace(graph)) {
    plot.guess(guessed);
    pressed.preventDefault();
    return;
  }
  /** @param {PointerEvent} event */
  const onMove = (event) => choose(plot, wholeWithin(axis.p2l(placeOf(event) - axis._offset), 0, lastPlace(graph)));
  const end = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  onMove(pressed);
  plot.root.focus({ preventScroll: true });
  pressed.preventDefault();
}

/** The mark of the chosen place on the first panel. @param {Plot} plot */
export function placeMark({ graph, mark, scrub, scrubbed }) {
  const isVisible = graph && scrub && scrubbed !== null;
  mark.style.display = isVisible ? "block" : "none";
  if (!isVisible) return;
  const { height, margin, xaxis, yaxis } = graph._fullLayout;
  const size = height - margin.t - margin.b;
  Object.assign(mark.style, {
    left: rem(xaxis._offset + xaxis.l2p(scrubbed)),
    top: rem(margin.t + (1 - yaxis.domain[1]) * size),
    height: rem((yaxis.domain[1] - yaxis.domain[0]) * size),
  });
}
