// Plotly figures, each on one lasting node. Owns the drawing, the cursor and the keyboard; of what is drawn it knows what a trace's `meta`
// says of itself: {label, x, value}.

const viewsOf = new WeakMap();
let plotlyLoads = null;

export default function ({ parentElement, data }) {
  const views = viewsOf.get(parentElement) ?? data.plots.map(() => createView(parentElement));
  viewsOf.set(parentElement, views);
  data.plots.forEach(({ figure, description }, index) => {
    const view = views[index];
    view.root.setAttribute("aria-label", `${description} Arrow keys move the cursor.`);
    view.figure = view.latest = figure;
  });
  // In one go, so that the browser lays out and paints once.
  loadPlotly(data.plotly).then(() => Promise.all(views.map(draw)));
  // Streamlit also calls this when newer data overtook this call, so only a parent that is gone ends the views.
  return () => setTimeout(() => parentElement.isConnected || views.forEach(destroy));
}

function loadPlotly(address) {
  plotlyLoads ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve();
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`plotly.js could not be loaded from ${script.src}`));
    document.head.append(script);
  });
  return plotlyLoads;
}

function createView(parent) {
  const element = (tag, name) => Object.assign(document.createElement(tag), { className: name });
  const root = Object.assign(element("div", "plot"), { tabIndex: 0 });
  root.setAttribute("role", "group");
  const [graph, cursor, readout] = [element("div", "plot-graph"), element("div", "plot-cursor"), element("p", "plot-readout")];
  readout.setAttribute("role", "status");
  root.append(graph, cursor, readout);
  parent.append(root);
  const view = { root, graph, cursor, readout, latest: null, drawn: false, at: null };
  view.width = root.clientWidth;
  view.resizes = new ResizeObserver(([entry]) => onResize(view, entry.contentRect.width));
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onKey(view, event));
  return view;
}

const NARROW = 500; // pixels

const isNarrow = (view) => view.width < NARROW;

function onResize(view, width) {
  if (!width || width === view.width) return;
  view.width = width;
  if (!view.drawn) return;
  if (isNarrow(view) === view.drawnNarrow) {
    window.Plotly.Plots.resize(view.graph).then(() => placeCursor(view));
  } else {
    view.latest = view.figure;
    draw(view);
  }
}

function destroy(view) {
  view.resizes.disconnect();
  if (view.drawn) window.Plotly.purge(view.graph);
  view.drawn = false;
  view.latest = null;
}

/** Draws the newest figure; figures that arrived while one was being drawn are left out. */
async function draw(view) {
  if (view.drawing) return;
  view.drawing = true;
  try {
    while (view.latest) {
      const { data, narrow, layout: wide } = view.latest;
      view.latest = null;
      view.drawnNarrow = isNarrow(view);
      const layout = (view.drawnNarrow && narrow) || wide;
      await window.Plotly.react(view.graph, data, layout, { displayModeBar: false, doubleClick: "reset", responsive: false });
      if (!view.drawn) {
        view.drawn = true;
        view.graph.on("plotly_hover", ({ points: [at] }) => moveTo(view, { lane: laneOf(view, at.fullData), x: at.x }));
        view.graph.on("plotly_relayout", () => placeCursor(view));
      }
      placeCursor(view);
      view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
    }
  } finally {
    view.drawing = false;
  }
}

const axisName = (id = "x") => `${id[0]}axis${id.slice(1)}`;

// ---------------------------------------------------------------------------------------------------------- the cursor

/** What the cursor can stand on: the traces from top to bottom. */
function lanes(view) {
  const top = (trace) => view.graph._fullLayout[axisName(trace.yaxis ?? "y")].domain[1];
  return [...view.graph._fullData].sort((one, other) => top(other) - top(one));
}

const laneOf = (view, trace) => lanes(view).indexOf(trace);

/** Moves the cursor to the nearest place on its trace, and says in words what is there. */
function moveTo(view, to) {
  const trace = lanes(view)[to.lane];
  if (!trace) return;
  const index = nearest(trace.x, to.x, view.at?.lane === to.lane ? view.at.x : null);
  const { label, x: along, value: what, words } = trace.meta;
  view.at = { lane: to.lane, x: trace.x[index] };
  const said = words ? words[index] : `${what} ${Number(trace.y[index].toPrecision(4))}`;
  view.readout.textContent = `${label} · ${along} ${trace.x[index]} · ${said}`;
  placeCursor(view);
}

/** The place of the value next to `to`; from `from` on, at least one place in its direction where there is one. */
function nearest(values, to, from) {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (Math.abs(values[index] - to) < Math.abs(values[best] - to)) best = index;
  if (from != null && values[best] === from && Math.abs(to - from) >= 1) best = clamp(best + Math.sign(to - from), 0, values.length - 1);
  return best;
}

function placeCursor(view) {
  const full = view.graph._fullLayout;
  if (!full) return;
  const trace = view.at && lanes(view)[view.at.lane];
  const axis = trace && full[axisName(trace.xaxis)];
  const offset = axis ? axis._offset + axis.l2p(view.at.x) : 0;
  const visible = axis && offset >= axis._offset - 1 && offset <= axis._offset + axis._length + 1;
  view.cursor.style.display = visible ? "block" : "none";
  if (!visible) return;
  Object.assign(view.cursor.style, {
    left: `${offset}px`,
    top: `${full.margin.t}px`,
    height: `${full.height - full.margin.t - full.margin.b}px`,
  });
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ------------------------------------------------------------------------------------------------------------ keyboard

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAP = 10;

/** Left and right move along x (with Shift by ten), up and down to the next trace, Escape leaves. */
function onKey(view, event) {
  if (!view.drawn || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = view.at ?? { lane: 0, x: -1 };
  const step = STEPS[event.key];
  window.Plotly.Fx.unhover(view.graph);
  if (event.key === "Escape") {
    view.at = null;
    view.readout.textContent = "";
    placeCursor(view);
  } else if (event.key === "Home" || event.key === "End") {
    moveTo(view, { ...here, x: event.key === "Home" ? 0 : Number.MAX_SAFE_INTEGER });
  } else if (step) {
    const lane = clamp(here.lane + step[1], 0, lanes(view).length - 1);
    moveTo(view, { lane, x: here.x + step[0] * (event.shiftKey ? LEAP : 1) });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
