// What can be taken hold of in the plot: the input's handles, the threshold, the time cursor, and where the input is drawn by hand the
// input itself. Each is a slider to the keyboard and to screen readers, and large enough for a finger.

const LEAP = 10; // steps of a key with Shift
const VALUE_STEP = 0.05; // of a key, on the scale of values
const LOWEST_THRESHOLD = 0.01;

/** The handles at the present settings, each in its lane. */
function handlesOf(view) {
  const { settings, run, p } = view;
  const handles = stimulusHandles(settings.input, run.steps).map((handle) => ({ ...handle, lane: "input" }));
  if (p.threshold < Infinity) {
    const set = (_, value) => ({ "network.0.spike_threshold": Math.max(Math.round(value * 100) / 100, LOWEST_THRESHOLD) });
    handles.push({ name: "threshold", label: "Threshold θ", axis: "value", lane: "trace", time: run.steps - 1, value: p.threshold, set });
  }
  handles.push({ name: "cursor", label: "Time cursor", axis: "time", lane: "axis", time: view.at, value: 0 });
  return handles;
}

function createHandles(view) {
  view.handles = new Map();
  view.sketch = element("div", "neuron-sketch", view.plot, { title: "Draw the input here" });
  view.sketch.onpointerdown = (event) => sketch(view, event);
}

/** Puts every handle where it belongs. */
function placeHandles(view) {
  const axis = timeAxis(view);
  const wanted = handlesOf(view);
  for (const handle of wanted) {
    const node = view.handles.get(handle.name) ?? createHandle(view, handle.name);
    const lane = view.lanes.find(({ name }) => name === handle.lane);
    const y = handle.lane === "axis" ? lane.top : toY(lane, view.ranges[lane.name], handle.value);
    const place = `translate(${Math.round(toPixel(axis, handle.time))}px, ${Math.round(Math.min(Math.max(y, lane.top), lane.top + lane.height))}px)`;
    if (node.handle?.place !== place) node.style.transform = place;
    node.handle = { ...handle, place };
    const now = handle.axis === "value" ? handle.value : handle.time;
    setAttribute(node, "aria-valuenow", inDigits(now));
    setAttribute(node, "aria-valuetext", sayHandle(handle));
    setAttribute(node, "aria-label", handle.label);
    setAttribute(node, "aria-orientation", handle.axis === "value" ? "vertical" : "horizontal");
    setAttribute(node, "data-axis", handle.axis);
  }
  for (const [name, node] of view.handles) {
    if (wanted.some((handle) => handle.name === name)) continue;
    node.remove();
    view.handles.delete(name);
  }
  const input = view.lanes[0];
  const isDrawn = view.settings.input.kind === "drawn";
  if (view.sketch.hidden === isDrawn) view.sketch.hidden = !isDrawn;
  Object.assign(view.sketch.style, { top: `${input.top}px`, height: `${input.height}px` });
}

const sayHandle = ({ axis, time, value }) =>
  ({ time: `step ${inDigits(time)}`, value: inDigits(value), both: `step ${inDigits(time)}, ${inDigits(value)}` })[axis];

const setAttribute = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);

function createHandle(view, name) {
  const node = element("div", `neuron-handle neuron-handle-${name}`, view.plot, { tabIndex: 0 });
  node.setAttribute("role", "slider");
  node.onpointerdown = (event) => drag(view, node, event);
  node.onkeydown = (event) => moveByKey(view, node, event);
  node.onkeyup = node.onblur = () => commit(view);
  view.handles.set(name, node);
  return node;
}

/** Follows the pointer on the scales as they were when it was pressed: what grows under the pointer doesn't run away from it. */
function drag(view, node, pressed) {
  if (pressed.button) return;
  pressed.preventDefault();
  pressed.stopPropagation();
  node.focus({ preventScroll: true });
  const { lane: name, time, value } = node.handle;
  const lane = view.lanes.find((one) => one.name === name);
  const [axis, range] = [timeAxis(view), view.ranges[name]];
  const perTime = toTime(axis, 1) - toTime(axis, 0);
  const perValue = range ? toValue(lane, range, 1) - toValue(lane, range, 0) : 0;
  follow(node, pressed, ({ clientX, clientY }) => {
    setHandle(view, node.handle, time + (clientX - pressed.clientX) * perTime, value + (clientY - pressed.clientY) * perValue);
  }, () => commit(view));
}

function setHandle(view, handle, time, value) {
  if (handle.name === "cursor") return moveCursor(view, Math.round(time));
  change(view, handle.set(Math.min(Math.max(time, 0), view.run.steps), value));
}

/** Calls `move` for each move of the pointer until it is let go, then `end`. */
function follow(node, pressed, move, end) {
  node.setPointerCapture(pressed.pointerId);
  node.onpointermove = (event) => event.pointerId === pressed.pointerId && move(event);
  node.onlostpointercapture = () => {
    node.onpointermove = node.onlostpointercapture = null;
    end();
  };
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function moveByKey(view, node, event) {
  const direction = DIRECTIONS[event.key];
  if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const far = event.shiftKey ? LEAP : 1;
  const { handle } = node;
  const [sideways, upwards] = handle.axis === "time" ? [direction[0] || direction[1], 0] : handle.axis === "value" ? [0, direction[1] || direction[0]] : direction;
  setHandle(view, handle, handle.time + sideways * far, handle.value + upwards * far * VALUE_STEP);
  if (handle.name === "cursor") moveCursor(view, view.at, { aloud: true });
}

/** Draws the input by hand, stroke by stroke. */
function sketch(view, pressed) {
  if (pressed.button) return;
  pressed.preventDefault();
  pressed.stopPropagation();
  const [axis, lane, range] = [timeAxis(view), view.lanes[0], view.ranges.input];
  const box = view.plot.getBoundingClientRect();
  const at = ({ clientX, clientY }) => ({
    time: Math.min(Math.max(Math.round(toTime(axis, clientX - box.left)), 0), view.run.steps - 1),
    value: Math.round(toValue(lane, range, Math.min(Math.max(clientY - box.top, 0), lane.top + lane.height)) * 100) / 100,
  });
  let last = at(pressed);
  const move = (event) => {
    const next = at(event);
    change(view, { "input.values": drawStroke(view.settings.input.values, last, next) });
    last = next;
  };
  move(pressed);
  follow(view.sketch, pressed, move, () => commit(view));
}
