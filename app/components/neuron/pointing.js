// The time cursor and the selected neuron: by pointer, by finger, by key, and in words.

/** Puts the time cursor on a step, with `aloud` also in words. */
function moveCursor(view, time, { aloud = false } = {}) {
  view.at = wholeWithin(time, 0, view.run.steps - 1);
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
  if (isChord(event) || !(sideways || upwards || press || end >= 0)) return;
  event.preventDefault();
  event.stopPropagation();
  if (press) return press();
  rest(view);
  if (upwards) choose(view, view.neuron - upwards);
  else moveCursor(view, end ?? view.at + sideways, { aloud: true });
}

function choose(view, neuron) {
  const chosen = within(neuron, 0, view.run.neurons - 1);
  if (chosen === view.neuron) return;
  view.neuron = chosen;
  ask(view, { derives: true });
  act(view, { do: "look", neuron: chosen });
}

function placeOf(view, { clientX, clientY }) {
  const box = view.plot.getBoundingClientRect();
  const y = clientY - box.top;
  const lane = view.lanes.find(({ top, height }) => y >= top - LANE_GAP / 2 && y < top + height + LANE_GAP / 2);
  const time = wholeWithin(toTime(timeAxis(view), clientX - box.left), 0, view.run.steps - 1);
  return { lane, time, y, x: clientX - box.left };
}

/** A press takes the time cursor along, and on the raster chooses a neuron; a finger that scrolls the page takes nothing. */
function press(view, pressed) {
  if (pressed.button || !view.run) return;
  rest(view);
  const move = (event) => {
    const { lane, time, y } = placeOf(view, event);
    if (lane?.name === "raster") choose(view, Math.floor((y - lane.top) / lane.height * view.run.neurons));
    moveCursor(view, time);
  };
  if (pressed.pointerType !== "touch") move(pressed);
  follow(view.plot, pressed, move, () => {});
}

function hover(view, event) {
  if (!view.run || view.isDragging) return;
  const { x, y, time } = placeOf(view, event);
  const inside = x >= LEFT && x <= LEFT + plotWidth(timeAxis(view));
  view.tip.hidden = !inside;
  if (!inside) return;
  setText(view.tip, sayStep(view, time));
  const flips = x > view.width / 2;
  Object.assign(view.tip.style, { left: flips ? "auto" : `${x + 12}px`, right: flips ? `${view.width - x + 12}px` : "auto", top: `${y + 14}px` });
}
