// Plotly figures, each on one lasting node, with rasters of its own over the time axis. Owns the drawing, the shared cursor and the
// keyboard; of neurons it knows what a raster or a trace's `meta` says of itself: {label, x, value, layer, neuron}.

const viewsOf = new WeakMap();
let plotlyLoads = null;

export default function ({ parentElement, data, setTriggerValue }) {
  const views = viewsOf.get(parentElement) ?? data.plots.map(() => createView(parentElement));
  viewsOf.set(parentElement, views);
  data.plots.forEach(({ figure, description }, index) => {
    const view = views[index];
    view.pick = (layer, neuron) => setTriggerValue("picked", { layer, neuron });
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
  const [canvas, graph, cursor] = [element("canvas", "plot-rasters"), element("div", "plot-graph"), element("div", "plot-cursor")];
  const [tip, readout] = [element("div", "plot-tip"), element("p", "plot-readout")];
  canvas.setAttribute("aria-hidden", "true");
  tip.setAttribute("aria-hidden", "true");
  readout.setAttribute("role", "status");
  root.append(canvas, graph, cursor, tip, readout);
  parent.append(root);
  const view = { root, canvas, graph, cursor, tip, readout, latest: null, drawn: false, pick: () => {}, at: null };
  view.width = root.clientWidth;
  view.resizes = new ResizeObserver(([entry]) => onResize(view, entry.contentRect.width));
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onKey(view, event));
  root.addEventListener("pointermove", (event) => onPointer(view, event));
  root.addEventListener("pointerleave", () => (tip.style.display = "none"));
  root.addEventListener("pointerdown", (event) => onPress(view, event), true);
  return view;
}

const NARROW = 500; // pixels

const isNarrow = (view) => view.width < NARROW;

function onResize(view, width) {
  if (!width || width === view.width) return;
  view.width = width;
  if (!view.drawn) return;
  if (isNarrow(view) === view.drawnNarrow) {
    window.Plotly.Plots.resize(view.graph).then(() => redraw(view));
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
      const { data, rasters, narrow, layout: wide } = view.latest;
      view.latest = null;
      view.drawnNarrow = isNarrow(view);
      const layout = (view.drawnNarrow && narrow) || wide;
      view.graph.rasters = (rasters ?? []).map(unpackRaster); // beside what plotly keeps on this node
      await window.Plotly.react(view.graph, data, layout, { displayModeBar: false, doubleClick: "reset", responsive: false });
      if (!view.drawn) {
        view.drawn = true;
        view.graph.on("plotly_hover", ({ points: [at] }) => moveTo(view, { lane: laneOf(view, at.fullData), x: at.x, y: at.y }));
        view.graph.on("plotly_click", ({ points: [at] }) => pickAt(view, { lane: laneOf(view, at.fullData) }));
        view.graph.on("plotly_relayout", () => redraw(view));
      }
      redraw(view);
      view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
    }
  } finally {
    view.drawing = false;
  }
}

/** Rasters and cursor follow the axes. */
function redraw(view) {
  const full = view.graph._fullLayout;
  if (!full) return;
  const scale = window.devicePixelRatio || 1;
  if (view.graph.rasters.length) {
    Object.assign(view.canvas, { width: full.width * scale, height: full.height * scale });
    Object.assign(view.canvas.style, { width: `${full.width}px`, height: `${full.height}px` });
    const context = view.canvas.getContext("2d");
    context.scale(scale, scale);
    for (const raster of view.graph.rasters) drawRaster(context, raster, areaOf(view, raster), `${full.font.size - 1}px ${full.font.family}`);
  }
  placeCursor(view);
}

/** @returns {Area} */
function areaOf(view, raster) {
  const { xaxis, _size: size } = view.graph._fullLayout;
  const [lower, upper] = raster.domain;
  return { left: xaxis._offset, top: size.t + (1 - upper) * size.h, width: xaxis._length, height: (upper - lower) * size.h, x: xaxis.range };
}

const axisName = (id = "x") => `${id[0]}axis${id.slice(1)}`;

// ---------------------------------------------------------------------------------------------------------- the cursor

/** What the cursor can stand on, from top to bottom: rasters and traces. */
function lanes(view) {
  const top = (trace) => view.graph._fullLayout[axisName(trace.yaxis ?? "y")].domain[1];
  const traces = view.graph._fullData.map((trace) => ({ trace, meta: trace.meta ?? {}, top: top(trace) }));
  const rasters = view.graph.rasters.map((raster) => ({ raster, meta: { ...raster, x: "time", value: "spikes" }, top: raster.domain[1] }));
  return [...rasters, ...traces].sort((one, other) => other.top - one.top);
}

const laneOf = (view, trace) => lanes(view).findIndex((lane) => lane.trace === trace);

/** Moves the cursor to the nearest place in its lane, and says in words what is there. */
function moveTo(view, to) {
  const all = lanes(view);
  const lane = all[to.lane];
  if (!lane) return;
  const { raster, trace, meta } = lane;
  if (raster) {
    const x = clamp(Math.round(to.x), 0, raster.columns - 1);
    const row = clamp(to.row ?? 0, 0, raster.rows - 1);
    view.at = { lane: to.lane, x, row };
    say(view, `${meta.label} neuron ${row}`, meta, x, raster.z[row * raster.columns + x]);
  } else {
    const x = clamp(Math.round(to.x), trace.x[0], trace.x[trace.x.length - 1]);
    view.at = { lane: to.lane, x };
    say(view, meta.label, meta, x, to.y ?? trace.y[Array.prototype.indexOf.call(trace.x, x)]);
  }
  placeCursor(view);
}

function say(view, who, meta, x, value) {
  view.readout.textContent = `${who} · ${meta.x} ${x} · ${meta.value ?? ""} ${Number(value.toPrecision(4))}`;
}

function placeCursor(view) {
  const full = view.graph._fullLayout;
  const lane = view.at && lanes(view)[view.at.lane];
  const axis = lane && full[axisName(lane.trace?.xaxis)];
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

function pickAt(view, at) {
  const { raster, meta } = lanes(view)[at.lane] ?? {};
  if (meta?.layer != null) view.pick(meta.layer, raster ? at.row : meta.neuron);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// ------------------------------------------------------------------------------------------------------ pointer and keys

/** The raster cell under the pointer as a place for the cursor, or null. */
function rasterPlace(view, event) {
  if (!view.drawn) return null;
  const page = view.root.getBoundingClientRect();
  for (const raster of view.graph.rasters) {
    const cell = cellAt(raster, areaOf(view, raster), event.clientX - page.left, event.clientY - page.top);
    if (cell) return { ...cell, lane: lanes(view).findIndex((lane) => lane.raster === raster) };
  }
  return null;
}

function onPointer(view, event) {
  const place = rasterPlace(view, event);
  view.tip.style.display = place ? "block" : "none";
  if (!place) return;
  moveTo(view, place);
  view.tip.textContent = view.readout.textContent;
  const page = view.root.getBoundingClientRect();
  const left = event.clientX - page.left;
  const flips = left > page.width / 2;
  Object.assign(view.tip.style, {
    left: flips ? "auto" : `${left + TIP_DISTANCE}px`,
    right: flips ? `${page.width - left + TIP_DISTANCE}px` : "auto",
    top: `${event.clientY - page.top + TIP_DISTANCE}px`,
  });
}

const TIP_DISTANCE = 12;
const CLICK_TRAVEL = 4;

/** A press and release in one place picks; anything longer is plotly's zoom, which covers the page until the release. */
function onPress(view, pressed) {
  const place = rasterPlace(view, pressed);
  if (!place) return;
  const onRelease = (released) => {
    if (Math.hypot(released.clientX - pressed.clientX, released.clientY - pressed.clientY) > CLICK_TRAVEL) return;
    moveTo(view, place);
    pickAt(view, place);
  };
  window.addEventListener("pointerup", onRelease, { capture: true, once: true });
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAP = 10;

/** Left and right move along x (with Shift by ten), up and down to the next neuron or lane, Enter picks, Escape leaves. */
function onKey(view, event) {
  if (!view.drawn || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = view.at ?? { lane: 0, x: -1, row: 0 };
  const step = STEPS[event.key];
  window.Plotly.Fx.unhover(view.graph);
  view.tip.style.display = "none";
  if (event.key === "Escape") {
    view.at = null;
    view.readout.textContent = "";
    placeCursor(view);
  } else if (event.key === "Enter") {
    if (view.at) pickAt(view, view.at);
  } else if (event.key === "Home" || event.key === "End") {
    moveTo(view, { ...here, x: event.key === "Home" ? 0 : Number.MAX_SAFE_INTEGER });
  } else if (step) {
    moveTo(view, step[0] ? { ...here, x: here.x + step[0] * (event.shiftKey ? LEAP : 1) } : nextRow(view, here, step[1]));
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function nextRow(view, here, direction) {
  const all = lanes(view);
  const row = (here.row ?? 0) + direction;
  const raster = all[here.lane].raster;
  if (raster && row >= 0 && row < raster.rows) return { ...here, row };
  const lane = clamp(here.lane + direction, 0, all.length - 1);
  if (lane === here.lane) return here;
  return { x: here.x, lane, row: direction > 0 ? 0 : (all[lane].raster?.rows ?? 1) - 1 };
}
