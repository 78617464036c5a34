// The Neuron page's view: what is in force here, what Python has answered, and one frame loop that draws both. What is drawn stands in
// trace.js and panels.js, what can be done to it in handles.js, controls.js and transport.js, the numbers behind it in equation.js.

const views = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const view = views.get(parentElement) ?? createView(parentElement);
  views.set(parentElement, view);
  view.tell = setTriggerValue;
  if (view.packet !== data) {
    view.packet = data;
    receive(view, unpack(data));
    view.root.dataset.drawn = Number(view.root.dataset.drawn ?? 0) + 1;
  }
  return () => setTimeout(() => parentElement.isConnected || destroy(view));
}

const element = (tag, className, parent, properties = {}) => {
  const made = Object.assign(document.createElement(tag), { className, ...properties });
  parent?.append(made);
  return made;
};

const button = (parent, textContent, onclick, more) => element("button", "", parent, { type: "button", textContent, onclick, ...more });

const setText = (node, text) => node.textContent === text || (node.textContent = text);

function createView(parent) {
  const root = element("div", "neuron", parent);
  const view = { root, part: null, ranges: {}, unsent: {}, pending: [], number: 0, rows: new Map() };
  element("h1", "", root, { textContent: document.title });
  const main = element("div", "", root);
  const head = element("div", "neuron-head", main);
  const count = element("p", "neuron-count", head);
  view.count = element("strong", "", count);
  view.unit = element("span", "", count);
  view.transport = element("div", "neuron-transport", head);
  view.note = element("div", "neuron-note", main);
  view.plot = element("div", "neuron-plot", main, { tabIndex: 0, role: "group" });
  view.canvas = element("canvas", "", view.plot, { ariaHidden: "true" });
  view.tip = element("div", "neuron-tip", view.plot, { hidden: true });
  view.said = element("p", "neuron-said", main, { role: "status" });
  createHandles(view);
  createTransport(view, view.transport);
  view.equation = element("div", "neuron-equation", main, { role: "group", ariaLabel: "The step under the cursor, in numbers" });
  view.readings = element("p", "neuron-readings");
  createTabs(view, element("div", "neuron-tabs", main));
  createPanels(view, element("div", "neuron-panels", main));
  view.controls = element("div", "neuron-controls", root, { role: "group", ariaLabel: "Neuron and input" });
  view.plot.onpointerdown = (event) => press(view, event);
  view.plot.addEventListener("pointermove", (event) => hover(view, event));
  view.plot.onpointerleave = () => (view.tip.hidden = true);
  // No `onkeydown`: what that returns would decide whether the browser still gets its keys.
  view.plot.addEventListener("keydown", (event) => event.target === view.plot && onKey(view, event));
  for (const begun of ["pointerdown", "keydown"]) root.addEventListener(begun, () => view.finishTrying?.(), true);
  view.resizes = new ResizeObserver(() => ask(view));
  view.resizes.observe(view.plot);
  root.shown = () => view;
  root.painted = () => [{ ...boxOf(view.plot), paint: (context) => paintPlot(context, view) }, ...paintedPanels(view)];
  return view;
}

const boxOf = (node) => node.getBoundingClientRect().toJSON();

function destroy(view) {
  view.isGone = true; // what still moves has nobody to tell
  view.resizes.disconnect();
  clearTimeout(view.timer);
  clearTimeout(view.telling);
  cancelAnimationFrame(view.frame);
}

/** Draws at the next frame, with `derives` what is in force runs anew before. */
function ask(view, derives = false) {
  view.derives ||= derives;
  view.frame ??= requestAnimationFrame(() => {
    view.frame = null;
    if (view.derives) derive(view);
    draw(view);
  });
}

const timeAxis = (view) => ({ from: -0.5, to: view.run.steps - 0.5, width: view.width });

function draw(view) {
  view.width = view.plot.clientWidth;
  if (!view.run || !view.width) return;
  view.ranges = rangesOf(view);
  view.lanes = lanesOf(view);
  view.font ??= getComputedStyle(view.root).fontFamily;
  paintPlot(clearedContext(view.canvas, view.width, heightOf(view.lanes)), view);
  placeHandles(view);
  fillHead(view);
  fillEquation(view);
  fillControls(view);
  drawPanels(view);
}

