// The time cursor and the selected neuron: by pointer, by finger, by key, and in words.

/** Puts the time cursor on a step, with `aloud` also in words. */
function moveCursor(view, time, aloud = false) {
  sessionStorage.neuronStep = view.at = wholeWithin(time, 0, view.run.steps - 1); // a reload finds it again
  if (aloud) setText(view.said, sayStep(view, view.at));
  ask(view);
}

function light(view, part) {
  view.part = part;
  ask(view);
}

function sayStep(view, time) {
  const [z, i, u, v, theta, s] = ["z", "i", "u", "v", "theta", "s"].map((name) => rowIn(view, view.run, name)[time]);
  const current = view.p.beta === null ? "" : `, i ${inDigits(i)}`;
  const spiking = view.p.threshold < Infinity ? `, θ ${inDigits(theta)}${s > 0 ? `, ${inDigits(s)} spike${s > 1 ? "s" : ""}, v ${inDigits(v)}` : ""}` : "";
  return `${view.run.neurons > 1 ? `neuron ${view.neuron}, ` : ""}step ${time}: input ${inDigits(z)}${current}, u ${inDigits(u)}${spiking}`;
}

/** Sideways through time, up and down through the neurons; Space plays, the full stop goes one step on. */
function onKey(view, event) {
  const [sideways, upwards] = directionOf(event);
  const press = { " ": view.play.onclick, ".": view.step.onclick }[event.key];
  const end = { Home: 0, End: view.run.steps - 1 }[event.key];
  if (!(sideways || upwards || press || end >= 0)) return;
  event.preventDefault();
  if (press) return press();
  rest(view);
  if (upwards) choose(view, view.neuron - upwards);
  else moveCursor(view, end ?? view.at + sideways, true);
}

function choose(view, neuron) {
  const chosen = within(neuron, 0, view.run.neurons - 1);
  if (chosen === view.neuron) return;
  view.neuron = chosen;
  ask(view, true);
  act(view, { do: "look", neuron: chosen });
}

/** Where an event is in the plot: pixels, and the time there. */
function pointOf(view, { clientX, clientY }) {
  const box = view.plot.getBoundingClientRect();
  const x = clientX - box.left;
  return { x, y: clientY - box.top, time: toTime(timeAxis(view), x) };
}

/** A press takes the time cursor along, and on the raster chooses a neuron; a finger that scrolls the page takes nothing. */
function press(view, pressed) {
  if (pressed.button || !view.run) return;
  rest(view);
  const raster = view.lanes.find(({ name }) => name === "raster");
  const isTouch = pressed.pointerType === "touch";
  const { x: fromX, y: fromY } = pointOf(view, pressed);
  const move = (event) => {
    const { time, x, y } = pointOf(view, event);
    if (isTouch && Math.abs(x - fromX) < Math.abs(y - fromY)) return;
    const row = raster && (y - raster.top) / raster.height;
    if (row >= 0 && row < 1) choose(view, Math.floor(row * view.run.neurons));
    moveCursor(view, time);
  };
  if (!isTouch) move(pressed);
  view.plot.onpointerup = move; // a tap, too
  follow(view.plot, pressed, move, () => (view.plot.onpointerup = null));
}

function hover(view, event) {
  if (!view.run || view.isDragging) return;
  const { x, y, time } = pointOf(view, event);
  view.tip.hidden = x < LEFT || x > view.width - RIGHT;
  if (view.tip.hidden) return;
  setText(view.tip, sayStep(view, wholeWithin(time, 0, view.run.steps - 1)));
  const left = x > view.width / 2 ? x - 12 - view.tip.offsetWidth : x + 12;
  Object.assign(view.tip.style, { left: `${left}px`, top: `${y + 14}px` });
}
