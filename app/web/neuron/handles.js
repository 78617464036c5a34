// What can be taken hold of in the plot: the input's handles, the threshold, the time cursor, and where the input is drawn by hand the
// input itself. Each is a slider to the keyboard and to screen readers, and large enough for a finger.

import { element } from "../lib/dom.js";
import { clamp, inDigits, wholeWithin } from "../lib/numbers.js";
import { toPixel } from "../lib/time_axis.js";
import { rem } from "../lib/unit.js";
import { moveCursor, pointOf } from "./cursor.js";
import { begins, directionOf, follow } from "./gestures.js";
import { change, commit } from "./in_force.js";
import { laneCalled, toValue, toY } from "./lanes.js";
import { timeAxis } from "./painting.js";
import { derive } from "./runs.js";
import { knownInput } from "./stimulus.js";
import { drawStroke, inHundredths, stimulusHandles } from "./stimulus_handles.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./stimulus_handles.js").StimulusHandle} StimulusHandle */

/**
 * A handle in its lane, and what happens when it is put to a time and a value.
 * @typedef {Omit<StimulusHandle, "set"> & {lane: "input" | "trace" | "axis", put: (time: number, value: number) => void}} Handle
 */

/** A handle on the page. @typedef {{node: HTMLElement, handle: Handle}} Held */

const VALUE_STEP = 0.05; // of a key, on the scale of values
const LOWEST_THRESHOLD = 0.01;

/** The handles at the present settings, each in its lane. @param {View} view */
function handlesOf(view) {
  const { settings, run, p, at } = view;
  const { input } = settings;
  const { steps } = run;
  /** @type {Handle[]} */
  const handles = stimulusHandles(input, steps).map(({ set, ...handle }) => ({
    ...handle,
    lane: "input",
    put: (time, value) => change(view, set(clamp(time, 0, steps), value)),
  }));
  const values = valuesDrawn(view);
  if (values) {
    const put = (/** @type {number} */ time, /** @type {number} */ value) => drawTo(view, time, value);
    handles.push({ name: "pencil", label: "Input at the time cursor", axis: "both", lane: "input", time: at, value: values[at], put });
  }
  if (p.threshold < Infinity) {
    const put = (/** @type {number} */ _, /** @type {number} */ value) =>
      change(view, { "network.0.spike_threshold": Math.max(inHundredths(value), LOWEST_THRESHOLD) });
    handles.push({ name: "threshold", label: "Threshold θ", axis: "value", lane: "trace", time: steps - 1, value: p.threshold, put });
  }
  const put = (/** @type {number} */ time) => moveCursor(view, time);
  handles.push({ name: "cursor", label: "Time cursor", axis: "time", lane: "axis", time: at, value: 0, put });
  return handles;
}

/** The input where it is drawn by hand. @param {View} view */
function valuesDrawn(view) {
  const input = knownInput(view.settings.input);
  return input?.kind === "drawn" ? input.values : null;
}

/** @param {View} view */
export function listenToSketch(view) {
  view.nodes.sketch.onpointerdown = (event) => sketch(view, event);
}

/** Puts every handle where it belongs. @param {View} view */
export function placeHandles(view) {
  const wanted = handlesOf(view);
  for (const handle of wanted) {
    const held = view.handles.get(handle.name) ?? createHandle(view, handle);
    held.handle = handle;
    place(view, held);
  }
  for (const [name, { node }] of view.handles) {
    if (wanted.some((handle) => handle.name === name)) continue;
    node.remove();
    view.handles.delete(name);
  }
  const { top, height } = laneCalled(view.lanes, "input");
  const { sketch: sheet } = view.nodes;
  sheet.hidden = view.settings.input.kind !== "drawn";
  Object.assign(sheet.style, { top: rem(top), height: rem(height) });
}

/** @param {View} view @param {Held} held */
function place(view, { node, handle }) {
  const { name, label, axis, lane: laneName, time, value } = handle;
  const lane = laneCalled(view.lanes, laneName);
  const { top, height, range } = lane;
  const isEdge = name === "start" || name === "stop"; // a step begins half a step before its middle
  const x = toPixel(timeAxis(view), isEdge ? time - 0.5 : time);
  const y = laneName === "axis" ? top : clamp(toY(lane, value), top, top + height);
  node.style.transform = `translate(${rem(x)}, ${rem(y)})`;
  const [now, least, most] = axis === "value" ? [value, ...range] : [time, 0, view.run.steps];
  const said = [axis !== "value" && `step ${inDigits(time)}`, axis !== "time" && inDigits(value)];
  say(node, {
    ariaLabel: label,
    ariaOrientation: axis === "value" ? "vertical" : "horizontal",
    ariaValueText: said.filter(Boolean).join(", "),
    ariaValueNow: inDigits(now),
    ariaValueMin: inDigits(least),
    ariaValueMax: inDigits(most),
  });
  node.dataset.axis = axis;
}

/** @typedef {"ariaLabel" | "ariaOrientation" | "ariaValueText" | "ariaValueNow" | "ariaValueMin" | "ariaValueMax"} Spoken */

/** Leaves alone what is said already, else screen readers would hear it again. @param {HTMLElement} node @param {Record<Spoken, string>} words */
function say(node, words) {
  for (const key of /** @type {Spoken[]} */ (Object.keys(words))) if (node[key] !== words[key]) node[key] = words[key];
}

/** @param {View} view @param {Handle} handle @returns {Held} */
function createHandle(view, handle) {
  const node = element("div", `neuron-handle neuron-handle-${handle.name}`, view.nodes.plot, { tabIndex: 0, role: "slider" });
  const held = { node, handle };
  node.onpointerdown = (event) => drag(view, held, event);
  node.onkeydown = (event) => moveByKey(view, held, event);
  node.onkeyup = node.onblur = () => commit(view);
  view.handles.set(handle.name, held);
  return held;
}

/**
 * Follows the pointer on the scales as they were when it was pressed: what grows under the pointer doesn't run away from it.
 * @param {View} view
 * @param {Held} held
 * @param {PointerEvent} pressed
 */
function drag(view, held, pressed) {
  if (!begins(pressed)) return;
  const { node, handle } = held;
  node.focus({ preventScroll: true });
  const { time, value } = handle;
  const lane = laneCalled(view.lanes, handle.lane);
  const from = pointOf(view, pressed);
  const move = (/** @type {PointerEvent} */ event) => {
    const now = pointOf(view, event);
    held.handle.put(time + now.time - from.time, value + toValue(lane, now.y) - toValue(lane, from.y));
  };
  follow(node, pressed, move, () => commit(view));
}

/** Draws the input by hand, stroke by stroke. @param {View} view @param {PointerEvent} pressed */
function sketch(view, pressed) {
  if (!begins(pressed)) return;
  const lane = laneCalled(view.lanes, "input");
  const move = (/** @type {PointerEvent} */ event) => {
    const { time, y } = pointOf(view, event);
    drawTo(view, time, toValue(lane, y));
  };
  moveCursor(view, pointOf(view, pressed).time);
  move(pressed);
  follow(view.nodes.sketch, pressed, move, () => commit(view));
}

/** Draws a straight line from the input at the time cursor, and takes the cursor along. @param {View} view @param {number} time @param {number} value */
function drawTo(view, time, value) {
  const values = valuesDrawn(view);
  if (!values) return;
  const to = wholeWithin(time, 0, values.length - 1);
  change(view, { "input.values": drawStroke(values, { time: view.at, value: values[view.at] }, { time: to, value }) });
  moveCursor(view, to);
}

/** @param {View} view @param {Held} held @param {KeyboardEvent} event */
function moveByKey(view, held, event) {
  const [sideways, upwards] = directionOf(event);
  const end = { Home: 0, End: 1 }[event.key];
  if (!(sideways || upwards || end !== undefined)) return;
  event.preventDefault();
  if (view.derives) derive(view); // of the key before
  const { name } = held.handle;
  const { axis, lane, time, value, put } = handlesOf(view).find((handle) => handle.name === name) ?? held.handle;
  if (end !== undefined) {
    if (axis === "value") put(time, laneCalled(view.lanes, lane).range[end]);
    else put(end * view.run.steps, value);
  } else {
    const [across, up] = { time: [sideways || upwards, 0], value: [0, upwards || sideways], both: [sideways, upwards] }[axis];
    put(time + across, value + up * VALUE_STEP);
  }
  if (name === "cursor") moveCursor(view, view.at, true);
}
