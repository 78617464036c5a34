// The time cursor and the selected neuron: by pointer, by finger, by key, and in words.

/** Puts the time cursor on a step, with `aloud` also in words. */
function moveCursor(view, time, { aloud = false } = {}) {
  view.at = Math.min(Math.max(Math.round(time), 0), view.run.steps - 1);
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
  return `step ${time}: input ${inDigits(z)}${current}, u ${inDigits(u)}${spiking}`;
}

const THROUGH_TIME = { ArrowLeft: -1, ArrowRight: 1 };
const THROUGH_NEURONS = { ArrowUp: -1, ArrowDown: 1 };

/** Sideways through time, up and down through the neurons. */
function onKey(view, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const far = event.shiftKey ? LEAP : 1;
  if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") rest(view);
  const ends = { Home: 0, End: view.run.steps - 1 };
  if (event.key in THROUGH_TIME) moveCursor(view, view.at + THROUGH_TIME[event.key] * far, { aloud: true });
  else if (event.key in THROUGH_NEURONS) choose(view, view.neuron + THROUGH_NEURONS[event.key] * far);
  else if (event.key in ends) moveCursor(view, ends[event.key], { aloud: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function choose(view, neuron) {
  const chosen = Math.min(Math.max(neuron, 0), view.run.neurons - 1);
  if (chosen === view.neuron) return;
  view.neuron = chosen;
  ask(view, { derives: true });
  act(view, { do: "look", neuron: chosen });
}

function placeOf(view, { clientX, clientY }) {
  const box = view.plot.getBoundingClientRect();
  const y = clientY - box.top;
  const lane = view.lanes.find(({ top, height }) => y >= top - LANE_GAP / 2 && y < top + height + LANE_GAP / 2);
  const time = Math.min(Math.max(Math.round(toTime(timeAxis(view), clientX - box.left)), 0), view.run.steps - 1);
  return { lane, time, y, x: clientX - box.left };
}

/** A press takes the time cursor along; on the raster it chooses a neuron. */
function press(view, pressed) {
  if (pressed.button || !view.run) return;
  const { lane, time, y } = placeOf(view, pressed);
  if (lane?.name === "raster") choose(view, Math.floor((y - lane.top) / lane.height * view.run.neurons));
  moveCursor(view, time);
  follow(view.plot, pressed, (event) => moveCursor(view, placeOf(view, event).time), () => {});
}

function hover(view, event) {
  if (!view.run || view.isDragging) return;
  const { x, y, time } = placeOf(view, event);
  const inside = x >= LEFT && x <= LEFT + plotWidth(timeAxis(view));
  view.tip.hidden = !inside || event.pointerType === "touch";
  if (!inside) return;
  setText(view.tip, sayStep(view, time));
  const flips = x > view.width / 2;
  Object.assign(view.tip.style, { left: flips ? "auto" : `${x + 12}px`, right: flips ? `${view.width - x + 12}px` : "auto", top: `${y + 14}px` });
}
