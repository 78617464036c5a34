// Going through time: one step on with each part of the equation lit in its turn, or playing.

import { setText } from "../lib/dom.js";
import { calm } from "../lib/motion.js";
import { light, moveCursor } from "./cursor.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./state.js").Part} Part */

/** @type {Part[]} */
const PARTS = ["decay", "input", "compare", "spike", "reset", "bound"];
const PART_TIME = 350; // milliseconds; below three a second nothing flashes

/** Milliseconds of a step; null where each part takes its time. @type {Record<string, number | null>} */
const SPEEDS = { "each part": null, "4 steps/s": 250, "20 steps/s": 50 };

/** @param {View} view */
export function listenToTransport(view) {
  const { play, step, speed } = view.nodes;
  speed.append(...Object.keys(SPEEDS).map((name) => new Option(name)));
  play.onclick = () => playOrRest(view);
  step.onclick = () => stepOn(view);
}

/** @param {View} view */
export const playOrRest = (view) => (view.isPlaying ? rest(view) : play(view));

/** The parts that the model has. @param {View} view */
function partsOf({ p }) {
  const spikes = p.threshold < Infinity;
  const has = { decay: p.alpha < 1, input: true, compare: spikes, spike: spikes, reset: spikes, bound: p.minVMem !== null };
  return PARTS.filter((part) => has[part]);
}

/** One step on. Its parts are lit one after the other; where no motion is wanted, each press lights the next one. @param {View} view */
export function stepOn(view) {
  rest(view);
  const parts = partsOf(view);
  const next = view.part && parts[parts.indexOf(view.part) + 1];
  if (calm.matches && next) return light(view, next);
  goOn(view, true);
  if (calm.matches) light(view, parts[0]);
  else lightAll(view, parts, () => light(view, null));
}

/** @param {View} view @param {boolean} aloud */
function goOn(view, aloud) {
  moveCursor(view, (view.at + 1) % view.run.steps, aloud);
}

/** Lights part after part, then calls `end`. @param {View} view @param {Part[]} parts @param {() => void} end */
function lightAll(view, [part, ...others], end) {
  light(view, part);
  view.timer = setTimeout(() => (others.length ? lightAll(view, others, end) : end()), PART_TIME);
}

/** @param {View} view */
function play(view) {
  view.isPlaying = true;
  setText(view.nodes.play, "Pause");
  const turn = () => {
    goOn(view, false);
    const pace = SPEEDS[view.nodes.speed.value];
    if (pace === null && !calm.matches) return lightAll(view, partsOf(view), turn);
    light(view, null);
    view.timer = setTimeout(turn, pace ?? PART_TIME * PARTS.length);
  };
  turn();
}

/** @param {View} view */
export function rest(view) {
  clearTimeout(view.timer);
  view.isPlaying = false;
  setText(view.nodes.play, "Play");
  light(view, calm.matches ? view.part : null);
}
