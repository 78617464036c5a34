// The Neuron page's view: what is in force here, what Python has answered, and one frame loop that draws both.

import { createHost, fillControls, newestOf, resetControls } from "../controls/rows.js";
import { cleared, setText } from "../lib/dom.js";
import { followRoom, freeHeight } from "../lib/room.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { setTimeStep } from "../lib/terms.js";
import { leastShare, unit } from "../lib/unit.js";
import { refreshTip } from "./cursor.js";
import { fillEquation, makeEquation } from "./equation.js";
import { ask } from "./frame.js";
import { listenToSketch, placeHandles } from "./handles.js";
import { fillHead, fillNote } from "./head.js";
import { act, change, commit, receive } from "./in_force.js";
import { heightOf, lanesOf } from "./lanes.js";
import { createPanels, drawPanels, paintedPanels } from "./panels.js";
import { paintPlot } from "./plot.js";
import { listenToPlot } from "./pointing.js";
import { rangesOf } from "./ranges.js";
import { valueAt } from "./settings.js";
import { createView } from "./state.js";
import { listenToTransport } from "./transport.js";

await Promise.all(["neuron.css", "../controls/controls.css"].map((file) => stylesheet(new URL(file, import.meta.url))));

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./state.js").Data} Data */
/** @typedef {ReturnType<typeof create>} Neuron */

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const view = createView(parent, data, draw, hostOf);
  const { root, plot } = view.nodes;
  listenToPlot(view);
  listenToSketch(view);
  listenToTransport(view);
  createPanels(view);
  for (const begun of ["pointerdown", "keydown"]) root.addEventListener(begun, () => view.host.finishTrying?.(), true);
  const ended = new AbortController();
  followRoom(plot, () => ask(view), ended.signal);
  return Object.assign(view, { ended, painted: () => painted(view) });
}

/** @param {import("./nodes.js").Nodes} nodes @param {() => View} view */
function hostOf(nodes, view) {
  return createHost(nodes.controls, {
    valueAt: (path) => inForce(view(), path),
    act: (one) => act(view(), one),
    change: (changes) => change(view(), changes),
    commit: () => commit(view()),
    isDragging: () => view().isDragging,
  });
}

/** What is being changed, what was told last, or what Python said. @param {View} view @param {string} path */
function inForce({ acts, unsent, settings }, path) {
  const told = acts.unanswered.flatMap((act) => (act.do === "edit" ? [act.changes] : []));
  const newest = newestOf(path, [...told, unsent]);
  return newest ? newest[path] : valueAt(settings, path);
}

/**
 * What a picture of the view is made of: where each part is in the window, and what paints it on a context with its origin there.
 * @param {View} view
 */
function painted(view) {
  const { left, top, width, height } = view.nodes.plot.getBoundingClientRect();
  const paint = (/** @type {import("./painting.js").Context} */ context) => paintPlot(context, view);
  return [{ left, top, width, height, paint }, ...paintedPanels(view)];
}

/** @param {Neuron} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  if (view.data === data) return view.acts.update(send, view.header.answered);
  const isFirst = view.data === null;
  const { description } = view.header;
  const isSettled = receive(view, data, send);
  view.data = data;
  if (isSettled) resetControls(view.host);
  const { header, nodes } = view;
  setTimeStep(header.dt);
  nodes.plot.ariaLabel = `${header.description} ${header.keys}`;
  if (!isFirst && description !== header.description) setText(nodes.said, header.description);
  nodes.root.style.setProperty("--neuron-threshold", header.palette.threshold);
  fillNote(view);
  makeEquation(view);
  draw(view); // at once, so that whoever waits for the answer finds it drawn
  nodes.root.dataset.drawn = String(Number(nodes.root.dataset.drawn ?? 0) + 1);
}

/** @param {Neuron} view */
function destroy(view) {
  view.isGone = true;
  view.ended.abort();
  clearTimeout(view.timer);
  if (view.frame !== null) cancelAnimationFrame(view.frame);
}

/** Room and font of the plot. They hold until the window changes, so that nothing moves under the pointer. @param {View} view */
function measure(view) {
  const { canvas, plot } = view.nodes;
  const measuredFor = `${window.innerWidth} ${window.innerHeight} ${unit()}`;
  if ((view.isDragging || view.isPlaying) && view.measuredFor === measuredFor) return;
  view.measuredFor = measuredFor;
  view.room = canvas.getBoundingClientRect().height / unit() + freeHeight(plot);
  const { fontSize, fontFamily } = getComputedStyle(plot);
  view.font = `${Number.parseFloat(fontSize) / unit()}px ${fontFamily}`;
}

/** @param {View} view */
function draw(view) {
  const { canvas, plot } = view.nodes;
  view.width = plot.clientWidth / unit();
  if (!view.width) return;
  view.ranges = rangesOf(view);
  measure(view);
  view.lanes = lanesOf(view, view.ranges, view.room, leastShare());
  paintPlot(cleared(canvas, view.width, heightOf(view.lanes)).context, view);
  placeHandles(view);
  refreshTip(view);
  fillHead(view);
  fillEquation(view);
  fillControls(view.host, view.header.rows);
  drawPanels(view);
}
