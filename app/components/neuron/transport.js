// Going through time: one step on with each part of the equation lit in its turn, or playing.

const PARTS = ["decay", "input", "compare", "spike", "reset", "bound"];
const PART_TIME = 350; // milliseconds; below three a second nothing flashes
const SPEEDS = { "each part": null, "4 steps/s": 250, "20 steps/s": 50 }; // milliseconds of a step
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

function createTransport(view, parent) {
  const [className, title] = ["neuron-primary", "Key in the plot: Space"];
  view.play = button(parent, "Play", () => (view.isPlaying ? rest(view) : play(view)), { className, title });
  view.step = button(parent, "+1 time step", () => stepOn(view), { title: "Key in the plot: ." });
  view.speed = element("select", "", parent, { ariaLabel: "Speed of playing" });
  view.speed.append(...Object.keys(SPEEDS).map((name) => new Option(name)));
}

/** The parts that the model has. */
const partsOf = ({ p }) =>
  PARTS.filter((part) => (part === "decay" ? p.alpha < 1 : part === "bound" ? p.minVMem !== null : part === "input" || p.threshold < Infinity));

/** One step on. Its parts are lit one after the other; where no motion is wanted, each press lights the next one. */
function stepOn(view) {
  rest(view);
  const parts = partsOf(view);
  const next = parts[parts.indexOf(view.part) + 1];
  if (calm.matches && view.part && next) return light(view, next);
  goOn(view, true);
  if (calm.matches) light(view, parts[0]);
  else lightAll(view, parts, () => light(view, null));
}

function goOn(view, aloud) {
  moveCursor(view, (view.at + 1) % view.run.steps, aloud);
}

/** Lights part after part, then calls `end`. */
function lightAll(view, [part, ...others], end) {
  light(view, part);
  view.timer = setTimeout(() => (others.length ? lightAll(view, others, end) : end()), PART_TIME);
}

function play(view) {
  view.isPlaying = true;
  setText(view.play, "Pause");
  const turn = () => {
    goOn(view, false);
    const pace = SPEEDS[view.speed.value];
    if (pace === null && !calm.matches) return lightAll(view, partsOf(view), turn);
    light(view, null);
    view.timer = setTimeout(turn, pace ?? PART_TIME * PARTS.length);
  };
  turn();
}

function rest(view) {
  clearTimeout(view.timer);
  view.isPlaying = false;
  setText(view.play, "Play");
  light(view, calm.matches ? view.part : null);
}
