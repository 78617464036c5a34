// Plotly figures, each on one lasting node. Owns the drawing, the cursor and the keyboard. Of what is drawn it knows what `meta` says:
// - of a trace: {label, x, value}, what the cursor says at its values, with the trace's `text` instead of a number where it has some;
//   `only`, the layout in which it is drawn ("wide" or "narrow"), if not in both. The cursor passes over a trace without `meta`.
// - of a layout: `readout`, from where to where the cursor's words stand on its first line, as parts of the plot's width; `least`, the
//   fewest pixels for which the wide layout is meant.
// Where a plot is a scrubber, a drag along it or the keys choose any whole number on its x axis up to the first trace's last, drawn or not.

const viewsOf = new WeakMap();
let plotlyLoads = null;

export default function ({ parentElement, data, setTriggerValue }) {
  const views = viewsOf.get(parentElement) ?? data.plots.map(() => createView(parentElement));
  viewsOf.set(parentElement, views);
  data.plots.forEach(({ figure, description }, index) => {
    const view = views[index];
    view.root.setAttribute("aria-label", `${description} ${data.scrubs ? "Arrow keys choose an epoch, Escape goes back." : "Arrow keys move the cursor."}`);
    view.root.classList.toggle("plot-scrubs", data.scrubs);
    view.scrub = data.scrubs ? (x) => tell(view, { number: (view.pending = ++view.number), x }, setTriggerValue) : null;
    if (data.answered >= view.pending) view.pending = 0;
    view.number = Math.max(view.number, data.answered); // a new view in a session that has answered places
    if (!view.pending && !view.waiting) view.scrubbed = data.scrubbed; // else it was drawn before the last place was told
    placeMark(view);
    const shown = JSON.stringify(figure);
    if (shown === view.shown) return; // a place was chosen, nothing else has changed
    view.shown = shown;
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
  const mark = element("div", "plot-mark");
  root.append(graph, cursor, mark, readout);
  parent.append(root);
  const view = { root, graph, cursor, mark, readout, latest: null, drawn: false, at: null, scrub: null, scrubbed: null, number: 0, pending: 0 };
  view.width = root.clientWidth;
  view.resizes = new ResizeObserver(([entry]) => onResize(view, entry.contentRect.width));
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onKey(view, event));
  graph.addEventListener("pointerdown", (event) => onPress(view, event), true);
  return view;
}

const NARROW = 500; // pixels

const isNarrow = (view) => view.width < (view.figure.layout.meta?.least ?? NARROW);

function onResize(view, width) {
  if (!width || width === view.width) return;
  view.width = width;
  if (!view.drawn) return;
  if (isNarrow(view) === view.drawnNarrow) {
    window.Plotly.Plots.resize(view.graph).then(() => view.drawn && placeAll(view));
  } else {
    view.latest = view.figure;
    draw(view);
  }
}

function destroy(view) {
  view.resizes.disconnect();
  view.ended = true;
  view.latest = null;
  if (!view.drawing) purge(view);
}

function purge(view) {
  if (view.drawn) window.Plotly.purge(view.graph);
  view.drawn = false;
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
      const unseen = view.drawnNarrow ? "wide" : "narrow";
      const traces = data.filter(({ meta }) => meta?.only !== unseen);
      const frame = JSON.stringify([layout, traces.map((trace) => (isLine(trace) ? { ...trace, x: null, y: null } : trace))]);
      const moved = frame === view.frame && performance.now() - view.drawnWhole < WHOLE_INTERVAL;
      if (moved) {
        moveLines(view, traces);
        view.later ??= setTimeout(() => drawWhole(view), WHOLE_INTERVAL);
      } else {
        await window.Plotly.react(view.graph, traces, layout, { displayModeBar: false, doubleClick: "reset", responsive: false });
        if (!view.drawn) {
          view.drawn = true;
          view.graph.on("plotly_hover", ({ points: [at] }) => moveTo(view, { lane: laneOf(view, at.fullData), x: at.x }));
          view.graph.on("plotly_relayout", () => placeAll(view));
        }
        placeAll(view);
        Object.assign(view, { frame, drawnWhole: performance.now() });
      }
      view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
    }
  } finally {
    view.drawing = false;
    if (view.ended) purge(view);
  }
}

// -------------------------------------------------------------------------------------------- lines that grow

const WHOLE_INTERVAL = 1000; // milliseconds between two drawings by plotly while nothing but lines changes: each takes it some 30

const isLine = ({ mode, fill }) => mode === "lines" && !fill;

/** Moves the lines alone; what the cursor reads and the keys choose from follows with the next whole drawing. */
function moveLines(view, traces) {
  traces.forEach((trace, index) => {
    if (!isLine(trace)) return;
    const { xaxis, yaxis } = view.graph._fullData[index];
    const [along, up] = [xaxis, yaxis].map((id) => view.graph._fullLayout[axisName(id)]);
    const line = view.graph.calcdata[index][0].node3?.select("path.js-line");
    line?.attr("d", pathThrough(Array.from(unpacked(trace.x), along.c2p), Array.from(unpacked(trace.y), up.c2p)));
  });
}

function drawWhole(view) {
  view.later = null;
  if (!view.drawn) return;
  view.latest ??= view.figure;
  view.drawnWhole = 0;
  draw(view);
}

const axisName = (id = "x") => `${id[0]}axis${id.slice(1)}`;

// ---------------------------------------------------------------------------------------------------------- the cursor

/** What the cursor can stand on: the traces from top to bottom. */
function lanes(view) {
  const top = (trace) => view.graph._fullLayout[axisName(trace.yaxis ?? "y")].domain[1];
  return view.graph._fullData.filter(({ meta }) => meta).sort((one, other) => top(other) - top(one));
}

const laneOf = (view, trace) => lanes(view).indexOf(trace);

/** Moves the cursor to the nearest value of its trace. */
function moveTo(view, { lane, x }) {
  const trace = lanes(view)[lane];
  if (trace) standAt(view, { lane, x: trace.x[nearest(trace.x, x, view.at?.lane === lane ? view.at.x : null)] });
}

/** Puts the cursor on a place of a trace, and says in words what is there; where no value is drawn, the place alone. */
function standAt(view, at) {
  const trace = lanes(view)[at.lane];
  const { label, x: along, value: what } = trace.meta;
  const index = trace.x.indexOf(at.x);
  const said = index < 0 ? [] : [trace.text ? trace.text[index] : inWords(what, trace.y[index])];
  view.at = at;
  view.readout.textContent = [label, `${along} ${inBrief(at.x)}`, ...said].join(" · ");
  placeCursor(view);
}

const inWords = (what, value) => (Number.isFinite(value) ? `${what} ${Number(value.toPrecision(4))}` : `no ${what}`);

/** A place with the digits it deserves: what is no whole number comes as float32. */
const inBrief = (x) => (Number.isInteger(x) ? x : Number(x.toPrecision(6)));

/** The place of the value next to `to`; from `from` on, at least one place in its direction where there is one. */
function nearest(values, to, from) {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (Math.abs(values[index] - to) < Math.abs(values[best] - to)) best = index;
  if (from != null && values[best] === from) best = clamp(best + Math.sign(to - from), 0, values.length - 1);
  return best;
}

/** The readout stands on the figure's first line. */
function placeReadout(view) {
  const { meta, margin, width } = view.graph._fullLayout;
  const [left, right] = meta?.readout ?? [0, 1];
  const size = width - margin.l - margin.r;
  Object.assign(view.readout.style, { left: `${margin.l + left * size}px`, width: `${(right - left) * size}px` });
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

// ------------------------------------------------------------------------------------------------------------ scrubbing

const SCRUB_INTERVAL = 50; // milliseconds between two places that are told while dragging
const PATIENCE = 1500; // milliseconds until a place without an answer is told again

/** Where the first panel's x axis lies on the node, in pixels, with its range. */
const firstAxis = (view) => view.graph._fullLayout?.xaxis;

/** The last place that can be chosen. Its trace may be thinned, but holds its end. */
const lastPlace = (view) => view.graph._fullData[0].x.at(-1);

/** Tells the place that was chosen: at once, and while dragging at most so often, the last one always. */
function tellScrub(view, x) {
  view.scrubbed = view.chosen = x;
  placeMark(view);
  if (view.waiting) return;
  view.scrub(x);
  view.waiting = setTimeout(() => {
    view.waiting = null;
    if (view.chosen !== x) tellScrub(view, view.chosen);
  }, SCRUB_INTERVAL);
}

/** Streamlit drops what another interaction interrupts, so a place is told until it, or a later one, is answered. */
function tell(view, place, setTriggerValue) {
  if (view.ended || view.pending !== place.number) return;
  setTriggerValue("scrubbed", place);
  setTimeout(() => tell(view, place, setTriggerValue), PATIENCE);
}

/** A press on any panel, and a drag along it. */
function onPress(view, pressed) {
  if (!view.scrub || !view.drawn || pressed.button) return;
  const left = view.graph.getBoundingClientRect().left;
  const axes = Object.keys(view.graph._fullLayout).filter((name) => name.startsWith("xaxis")).map((name) => view.graph._fullLayout[name]);
  const at = pressed.clientX - left;
  const axis = axes.find(({ _offset, _length }) => at >= _offset - 4 && at <= _offset + _length + 4);
  if (!axis) return;
  const choose = (event) => tellScrub(view, clamp(Math.round(axis.p2l(event.clientX - left - axis._offset)), 0, lastPlace(view)));
  const end = () => {
    window.removeEventListener("pointermove", choose);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
  };
  window.addEventListener("pointermove", choose);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  choose(pressed);
  view.root.focus({ preventScroll: true });
  pressed.preventDefault();
}

/** The mark of the chosen place on the first panel. */
function placeMark(view) {
  const axis = firstAxis(view);
  const visible = view.scrub && view.scrubbed != null && axis;
  view.mark.style.display = visible ? "block" : "none";
  if (!visible) return;
  const { height, margin, yaxis } = view.graph._fullLayout;
  const size = height - margin.t - margin.b;
  Object.assign(view.mark.style, {
    left: `${axis._offset + axis.l2p(view.scrubbed)}px`,
    top: `${margin.t + (1 - yaxis.domain[1]) * size}px`,
    height: `${(yaxis.domain[1] - yaxis.domain[0]) * size}px`,
  });
}

function placeAll(view) {
  placeReadout(view);
  placeCursor(view);
  placeMark(view);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ------------------------------------------------------------------------------------------------------------ keyboard

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAP = 10;

/** Moves the cursor along x: to the nearest value, on a scrubber to the very place, which is chosen. */
function moveAlong(view, { lane, x }) {
  if (!view.scrub) return moveTo(view, { lane, x });
  const chosen = clamp(x, 0, lastPlace(view));
  standAt(view, { lane, x: chosen });
  tellScrub(view, chosen);
}

/** How far it is from value to value of a trace, at most 1. */
const pitch = (trace) => Math.min((trace?.x.at(-1) - trace?.x[0]) / (trace?.x.length - 1) || 1, 1);

/** Left and right move from value to value (with Shift by ten), up and down to the nearest value of the next trace, Escape leaves. */
function onKey(view, event) {
  if (!view.drawn) return;
  const at = view.at ?? { lane: 0, x: -1 };
  const step = STEPS[event.key];
  const lane = clamp(at.lane + (step?.[1] ?? 0), 0, lanes(view).length - 1);
  const x = view.scrubbed ?? (view.scrub ? lastPlace(view) : at.x); // what is seen, not where the pointer happens to rest
  window.Plotly.Fx.unhover(view.graph);
  if (event.key === "Escape" && (view.at || view.scrubbed != null)) {
    view.at = null;
    view.readout.textContent = "";
    placeCursor(view);
    if (view.scrub) tellScrub(view, null);
  } else if (event.key === "Home" || event.key === "End") {
    const [first, last] = view.scrub ? [0, lastPlace(view)] : [0, -1].map((end) => lanes(view)[lane]?.x.at(end));
    moveAlong(view, { lane, x: event.key === "Home" ? first : last });
  } else if (step?.[0]) {
    moveAlong(view, { lane, x: x + step[0] * pitch(lanes(view)[lane]) * (event.shiftKey ? LEAP : 1) });
  } else if (step) {
    moveTo(view, { lane, x });
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
