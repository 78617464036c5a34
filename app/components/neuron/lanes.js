// Which lanes the plot has, one under the other over one time axis, and where a value lies in each. Pure functions of numbers.

const HEIGHTS = { input: 84, current: 60, trace: 228, spikes: 12, raster: 110, difference: 52, axis: 32 }; // pixels; spikes: of each run
const [NARROW, FLAT] = [500, 0.62]; // up to how wide a plot, in pixels, lanes are so much lower, but for spikes and time
const USUAL = [900, 800]; // width of the plot and height of the window for which they are so high; where there is more of both, they grow
const LANE_GAP = 10; // pixels
const DRAWN = [-0.5, 1]; // what the input's lane holds at least where it is drawn by hand
const HEADROOM = 0.08; // of a range, above and below what it holds

/** @typedef {[number, number]} Range the values at the lower and upper edge of a lane */
/** @typedef {{name: string, top: number, height: number, range: Range}} Lane in pixels of the plot */

/** @returns {Lane[]} from top to bottom, as far as the neuron has what they show */
function lanesOf({ p, run, seconds, width, ranges }) {
  const runs = 1 + seconds.length;
  const usual = width <= NARROW ? FLAT : Math.max(Math.min(width / USUAL[0], window.innerHeight / USUAL[1]), 1);
  const shown = {
    input: true,
    current: p.beta !== null,
    trace: true,
    spikes: p.threshold < Infinity,
    raster: run.neurons > 1,
    difference: seconds.some(({ name, run: other }) => name === "A" && other.steps === run.steps),
    axis: true,
  };
  let top = LANE_GAP;
  return Object.keys(shown).filter((name) => shown[name]).map((name) => {
    const scale = { spikes: runs, axis: 1 }[name] ?? usual;
    const lane = { name, top, height: HEIGHTS[name] * scale, range: ranges[name] };
    top += lane.height + LANE_GAP;
    return lane;
  });
}

/** The height of all lanes in pixels. @param {Lane[]} lanes */
const heightOf = (lanes) => lanes.at(-1).top + lanes.at(-1).height;

/** @param {Lane} lane */
const toY = ({ top, height, range: [low, high] }, value) => top + (high - value) / (high - low) * height;

/** @param {Lane} lane */
const toValue = ({ top, height, range: [low, high] }, y) => high - (y - top) / height * (high - low);

/** The selected neuron's row of an array of a run; of a run of one neuron all of it. */
const rowIn = (view, run, name) => rowOf(run, run[name], run.neurons > view.neuron ? view.neuron : 0);

/** What each lane spans: its values and 0, and while something is dragged also what it spanned before. @returns {Object<string, Range>} */
function rangesOf(view) {
  const runs = [view.run, ...view.seconds.filter(({ name }) => name !== "ghost").map(({ run }) => run)];
  const values = (name) => runs.map((run) => rowIn(view, run, name));
  const { threshold } = view.p;
  const found = {
    input: spanning([rowIn(view, view.run, "z")], view.settings.input.kind === "drawn" ? DRAWN : []),
    current: spanning(values("i")),
    trace: spanning([...values("u"), ...values("v"), threshold < Infinity ? rowIn(view, view.run, "theta") : []]),
    difference: spanning([differenceFromA(view) ?? []]),
  };
  if (view.isDragging) {
    for (const [name, range] of Object.entries(view.ranges)) found[name] = [Math.min(range[0], found[name][0]), Math.max(range[1], found[name][1])];
  }
  return found;
}

/** The range of all values, 0 and `least`; where all are 0 it is one that can be dragged in. @returns {Range} */
function spanning(arrays, least = []) {
  let [low, high] = [Math.min(0, ...least), Math.max(0, ...least)];
  for (const array of arrays) {
    for (const value of array) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low === high) return [0, 1];
  const room = (high - low) * HEADROOM;
  return [low < 0 ? low - room : low, high + room];
}

/** u minus that of the pinned run at each step, null where they can't be compared. */
function differenceFromA(view) {
  const pinned = view.seconds.find(({ name }) => name === "A");
  if (!pinned || pinned.run.steps !== view.run.steps) return null;
  const other = rowIn(view, pinned.run, "u");
  return rowIn(view, view.run, "u").map((u, time) => u - other[time]);
}

/** The step's values that the parts of the equation lead from and to, on the scale of u. @returns {?[number, number]} */
function partAt(view) {
  const [u, v, theta, s] = ["u", "v", "theta", "s"].map((name) => rowIn(view, view.run, name)[view.at]);
  const before = view.at ? rowIn(view, view.run, "v")[view.at - 1] : 0;
  const kept = Math.fround(view.p.alpha * before);
  const after = { decay: [before, kept], input: [kept, u], compare: [u, theta], spike: [theta, u], reset: [u, v], bound: [v, v] };
  const found = after[view.part];
  return found && found.every(Number.isFinite) && (view.part !== "spike" || s > 0) ? found : null;
}
