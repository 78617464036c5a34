// What can be taken hold of in the plot: the input's handles, the threshold, the time cursor, and where the input is drawn by hand the
// input itself. Each is a slider to the keyboard and to screen readers, and large enough for a finger.

const LEAP = 10; // steps of a key with Shift
const VALUE_STEP = 0.05; // of a key, on the scale of values
const LOWEST_THRESHOLD = 0.01;

/** The handles at the present settings, each in its lane. */
function handlesOf(view) {
  const { settings: { input }, run: { steps }, p, at } = view;
  const handles = stimulusHandles(input, steps).map((handle) => ({ ...handle, lane: "input" }));
  if (input.kind === "drawn") handles.push({ name: "pencil", label: "Input at the time cursor", axis: "both", lane: "input", time: at, value: input.values[at] });
  if (p.threshold < Infinity) {
    const set = (_, value) => ({ "network.0.spike_threshold": Math.max(inHundredths(value), LOWEST_THRESHOLD) });
    handles.push({ name: "threshold", label: "Threshold θ", axis: "value", lane: "trace", time: steps - 1, value: p.threshold, set });
  }
  handles.push({ name: "cursor", label: "Time cursor", axis: "time", lane: "axis", time: at, value: 0 });
  return handles;
}

function createHandles(view) {
  view.handles = new Map();
  view.sketch = element("div", "neuron-sketch", view.plot, { title: "Draw the input here; all neurons get it" });
  view.sketch.onpointerdown = (event) => sketch(view, event);
}

/** Puts every handle where it belongs. */
function placeHandles(view) {
  const axis = timeAxis(view);
  const wanted = handlesOf(view);
  for (const handle of wanted) {
    const { name, label, axis: along, time, value } = handle;
    const isEdge = name === "start" || name === "stop"; // a step begins half a step before its middle
    const node = view.handles.get(name) ?? createHandle(view, name);
    const lane = view.lanes.find((one) => one.name === handle.lane);
    const { top, height, range } = lane;
    const y = range ? within(toY(lane, value), top, top + height) : top;
    node.style.transform = `translate(${Math.round(toPixel(axis, isEdge ? time - 0.5 : time))}px, ${Math.round(y)}px)`;
    node.handle = handle;
    const [ariaValueNow, ariaValueMin, ariaValueMax] = (along === "value" ? [value, ...range] : [time, 0, view.run.steps]).map(inDigits);
    const ariaValueText = [along !== "value" && `step ${inDigits(time)}`, along !== "time" && inDigits(value)].filter(Boolean).join(", ");
    const ariaOrientation = along === "value" ? "vertical" : "horizontal";
    const told = { ariaLabel: label, ariaOrientation, ariaValueText, ariaValueNow, ariaValueMin, ariaValueMax };
    for (const [key, text] of Object.entries(told)) if (node[key] !== text) node[key] = text; // else screen readers would hear it again
    node.dataset.axis = along;
  }
  for (const [name, node] of view.handles) {
    if (wanted.some((handle) => handle.name === name)) continue;
    node.remove();
    view.handles.delete(name);
  }
  const { top, height } = view.lanes[0];
  view.sketch.hidden = view.settings.input.kind !== "drawn";
  Object.assign(view.sketch.style, { top: `${top}px`, height: `${height}px` });
}

function createHandle(view, name) {
  const node = element("div", `neuron-handle neuron-handle-${name}`, view.plot, { tabIndex: 0, role: "slider" });
  node.onpointerdown = (event) => drag(view, node, event);
  node.onkeydown = (event) => moveByKey(view, node, event);
  node.onkeyup = node.onblur = () => commit(view);
  view.handles.set(name, node);
  return node;
}

/** Follows the pointer on the scales as they were when it was pressed: what grows under the pointer doesn't run away from it. */
function drag(view, node, pressed) {
  if (!begins(pressed)) return;
  node.focus({ preventScroll: true });
  const { lane: name, time, value } = node.handle;
  const lane = view.lanes.find((one) => one.name === name);
  const from = pointOf(view, pressed);
  follow(node, pressed, (event) => {
    const now = pointOf(view, event);
    setHandle(view, node.handle, time + now.time - from.time, lane.range ? value + toValue(lane, now.y) - toValue(lane, from.y) : 0);
  }, () => commit(view));
}

/** Draws the input by hand, stroke by stroke. */
function sketch(view, pressed) {
  if (!begins(pressed)) return;
  const [lane] = view.lanes;
  const move = (event) => {
    const { time, y } = pointOf(view, event);
    drawTo(view, time, toValue(lane, y));
  };
  moveCursor(view, pointOf(view, pressed).time);
  move(pressed);
  follow(view.sketch, pressed, move, () => commit(view));
}

function setHandle(view, { name, set }, time, value) {
  if (name === "cursor") moveCursor(view, time);
  else if (name === "pencil") drawTo(view, time, value);
  else change(view, set(within(time, 0, view.run.steps), value));
}

/** Draws a straight line from the input at the time cursor, and takes the cursor along. */
function drawTo(view, time, value) {
  const { values } = view.settings.input;
  const to = wholeWithin(time, 0, values.length - 1);
  change(view, { "input.values": drawStroke(values, { time: view.at, value: values[view.at] }, { time: to, value }) });
  moveCursor(view, to);
}

/** Whether it was the first button; then nothing else takes the press. */
function begins(pressed) {
  if (pressed.button) return false;
  pressed.preventDefault();
  pressed.stopPropagation();
  return true;
}

/** Calls `move` for each move of the pointer until it is let go, then `end`. */
function follow(node, pressed, move, end) {
  node.setPointerCapture(pressed.pointerId);
  node.onpointermove = (event) => {
    if (event.pointerId === pressed.pointerId) move(event);
  };
  node.onlostpointercapture = () => {
    node.onpointermove = node.onlostpointercapture = null;
    end();
  };
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** How far an arrow key leads to the right and up, farther with Shift. */
const directionOf = ({ key, shiftKey }) => (DIRECTIONS[key] ?? [0, 0]).map((one) => one * (shiftKey ? LEAP : 1));

function moveByKey(view, { handle: { name } }, event) {
  const [sideways, upwards] = directionOf(event);
  const isEnd = { Home: 0, End: 1 }[event.key];
  if (!(sideways || upwards || isEnd >= 0)) return;
  event.preventDefault();
  if (view.derives) derive(view); // of the key before
  const handle = handlesOf(view).find((one) => one.name === name);
  const { lane, axis, time, value } = handle;
  const range = view.ranges[lane];
  if (isEnd >= 0) setHandle(view, handle, axis === "value" ? time : isEnd * view.run.steps, axis === "value" ? range[isEnd] : value);
  else {
    const [across, up] = { time: [sideways || upwards, 0], value: [0, upwards || sideways], both: [sideways, upwards] }[axis];
    setHandle(view, handle, time + across, value + up * VALUE_STEP);
  }
  if (name === "cursor") moveCursor(view, view.at, true);
}
