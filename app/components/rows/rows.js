// The rows of a network on one time axis: owns their nodes, the shared cursor, zoom, pointer and keyboard. What a row is and how it looks
// stands in Python and in draw.js.

const viewsOf = new WeakMap();
const CURSOR_EVENT = "rows-cursor"; // so that rows side by side share one cursor
const TIP_DISTANCE = 12; // pixels
const CLICK_TRAVEL = 4; // pixels
const AXIS_HEIGHT = 32; // pixels
const PLAY_INTERVAL = 120; // milliseconds
const LEAP = 10; // steps or rows, with Shift
const ZOOM_FACTOR = 2;

export default function ({ parentElement, data, setTriggerValue }) {
  const view = viewsOf.get(parentElement) ?? createView(parentElement);
  viewsOf.set(parentElement, view);
  view.tell = setTriggerValue;
  if (view.packet !== data) {
    view.packet = data;
    Object.assign(view, unpack(data));
    view.root.shown = { header: view.header, arrays: view.arrays, zoom: () => view.zoom };
    arrange(view);
    redraw(view);
    view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
  }
  return () => setTimeout(() => parentElement.isConnected || destroy(view));
}

// --------------------------------------------------------------------------------------------------------------- nodes

const element = (tag, name, parent, more = {}) => {
  const made = Object.assign(document.createElement(tag), { className: name, ...more });
  parent?.append(made);
  return made;
};

function createView(parent) {
  const root = element("div", "rows", parent, { tabIndex: 0 });
  root.setAttribute("role", "group");
  const body = element("div", "rows-body", root);
  const foot = element("div", "rows-foot", root);
  const axisCanvas = element("canvas", "", element("div", "rows-axis", foot));
  const readout = element("p", "rows-readout", foot);
  readout.setAttribute("role", "status");
  const view = { root, body, foot, axisCanvas, readout, zoom: null, at: null, nodes: new Map(), playing: null };
  for (const name of ["cursor", "zoom", "tip"]) {
    view[`${name}Node`] = element("div", `rows-${name}`, root);
    view[`${name}Node`].setAttribute("aria-hidden", "true");
  }
  axisCanvas.setAttribute("aria-hidden", "true");
  view.resizes = new ResizeObserver(() => view.header && redraw(view));
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onKey(view, event));
  root.addEventListener("pointermove", (event) => onPointer(view, event));
  root.addEventListener("pointerleave", () => (view.tipNode.style.display = "none"));
  root.addEventListener("pointerdown", (event) => onPress(view, event));
  root.addEventListener("dblclick", (event) => event.target.closest("canvas") && setZoom(view, null));
  view.follow = ({ detail }) => detail.source !== view && view.header && followCursor(view, detail.time);
  document.addEventListener(CURSOR_EVENT, view.follow);
  return view;
}

function destroy(view) {
  view.resizes.disconnect();
  document.removeEventListener(CURSOR_EVENT, view.follow);
  clearInterval(view.playing);
}

/** Makes the nodes that the figure needs, keeps those that are there, and fills in the words. */
function arrange(view) {
  const { header } = view;
  view.root.setAttribute("aria-label", `${header.description} Arrow keys move the cursor, Enter selects, plus and minus zoom.`);
  const wanted = new Set();
  view.rows = [];
  const sections = header.groups.map((group) => {
    const section = keep(view, wanted, group.layer, () => createSection(view, group));
    fillHeading(view, section, group);
    const rows = group.rows.map((row, number) => {
      const node = keep(view, wanted, `${group.layer} ${number} ${row.kind}`, () => createRow(view));
      node.caption.textContent = row.title ?? "";
      node.canvas.dataset.kind = row.kind;
      if (row.kind === "maps") node.caption.append(playButton(view));
      view.rows.push({ row, group, canvas: node.canvas });
      return node.root;
    });
    replaceChildren(section.body, rows);
    return section.root;
  });
  replaceChildren(view.body, sections);
  for (const name of view.nodes.keys()) if (!wanted.has(name)) view.nodes.delete(name);
}

function keep(view, wanted, name, create) {
  wanted.add(name);
  if (!view.nodes.has(name)) view.nodes.set(name, create());
  return view.nodes.get(name);
}

/** Puts the children in this order without touching those that stand right, so that focus stays. */
function replaceChildren(parent, children) {
  children.forEach((child, index) => parent.children[index] === child || parent.insertBefore(child, parent.children[index] ?? null));
  while (parent.children.length > children.length) parent.lastChild.remove();
}

function createSection(view, { layer, open }) {
  const root = element("section", "rows-group");
  const heading = element("div", "rows-heading", root);
  const opens = open != null;
  const section = { root, body: element("div", "", root), title: element(opens ? "button" : "span", "rows-title", heading) };
  section.words = element("span", "rows-words", heading);
  if (opens) {
    section.title.onclick = () => view.tell("toggled", { layer: Number(layer), what: "open" });
    section.title.title = "Currents, rates, intervals, operations, weights";
    section.switch = element("button", "rows-switch", heading);
    section.switch.onclick = () => view.tell("toggled", { layer: Number(layer), what: "heatmap" });
  }
  section.note = element("div", "rows-note", heading);
  return section;
}

function fillHeading(view, section, group) {
  setText(section.title, group.title);
  setText(section.words, group.words);
  if (!section.switch) return;
  section.title.setAttribute("aria-expanded", String(group.open));
  setText(section.switch, group.heatmap ? "traces" : "all neurons");
  const { sentence, remedies } = group.notes;
  const told = JSON.stringify(group.notes);
  if (section.told === told) return;
  section.told = told;
  section.note.replaceChildren();
  if (!sentence) return;
  element("span", "rows-sentence", section.note, { textContent: sentence });
  remedies.forEach((label, remedy) => {
    const button = element("button", "rows-remedy", section.note, { textContent: label });
    button.onclick = () => view.tell("remedied", { layer: Number(group.layer), remedy });
  });
}

const setText = (node, text) => node.textContent === text || (node.textContent = text);

function createRow(view) {
  const root = element("div", "rows-row");
  const node = { root, caption: element("div", "rows-caption", root), canvas: element("canvas", "", root) };
  node.canvas.setAttribute("aria-hidden", "true");
  return node;
}

// ------------------------------------------------------------------------------------------------------------- drawing

const timeAxis = (view) => {
  const [from, to] = view.zoom ?? wholeRange(view.header.steps);
  return { from, to, width: view.root.clientWidth };
};

function stageFor(view, canvas, height) {
  const scale = window.devicePixelRatio || 1;
  const axis = timeAxis(view);
  const [wide, tall] = [Math.round(axis.width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== tall) {
    Object.assign(canvas, { width: wide, height: tall });
    canvas.style.height = `${height}px`;
  }
  const { palette } = view.header;
  const at = view.at ? view.at.time : Math.floor(view.header.steps / 2);
  return { context: canvas.getContext("2d"), scale, axis, height, palette, ramps: rampsOf(view), arrays: view.arrays, font: view.font, at };
}

const rampCache = new Map();

function rampsOf({ header: { palette } }) {
  if (!rampCache.has(palette.background)) {
    rampCache.set(palette.background, {
      membrane: ramp([palette.background, palette.membrane, palette.text]),
      input: ramp([palette.background, palette.input, palette.text]),
      difference: ramp([palette.negative, palette.background, palette.positive]),
    });
  }
  return rampCache.get(palette.background);
}

function redraw(view) {
  if (!view.root.clientWidth) return;
  const style = getComputedStyle(view.root);
  view.font = `11px ${style.fontFamily}`;
  for (const { row, canvas } of view.rows) drawRow(stageFor(view, canvas, row.height), row);
  drawTimeAxis(stageFor(view, view.axisCanvas, AXIS_HEIGHT));
  if (view.zoom) view.root.dataset.zoom = view.zoom.map((edge) => edge.toFixed(1)).join(" ");
  else delete view.root.dataset.zoom;
  if (!view.at) return placeCursor(view);
  moveTo(view, view.at, false);
  setText(view.tipNode, view.readout.textContent); // the pointer may rest on a plot that has changed under it
}

function setZoom(view, range) {
  view.zoom = range;
  redraw(view);
}

// ---------------------------------------------------------------------------------------------------------- the cursor

/** Whether a row runs over something else than time: neurons, intervals, inputs. */
const isAcross = ({ row }) => row.kind === "bars" || row.kind === "weights";

/** On how many lines of a row the cursor can stand; of what doesn't run over time, each value is one. */
function linesOf(view, { row }) {
  if (row.kind === "traces") return row.lines.length;
  if (row.kind === "bars" || row.kind === "weights") return view.arrays[row.z].length;
  return row.kind === "maps" ? 1 : Math.ceil(row.neurons / row.bin);
}

/** Puts the cursor on a row, a line in it and a time, and says what is there. */
function moveTo(view, to, shared = true) {
  const place = Math.min(Math.max(to.place, 0), view.rows.length - 1);
  const time = Math.min(Math.max(Math.round(to.time), 0), view.header.steps - 1);
  const line = Math.min(Math.max(to.line, 0), linesOf(view, view.rows[place]) - 1);
  view.at = { place, time, line, neuron: to.neuron };
  setText(view.readout, sayWhatIs(view, view.rows[place], line, time, to.neuron));
  placeCursor(view);
  for (const { row, canvas } of view.rows) if (row.kind === "maps") drawRow(stageFor(view, canvas, row.height), row);
  if (shared) document.dispatchEvent(new CustomEvent(CURSOR_EVENT, { detail: { source: view, time } }));
}

function followCursor(view, time) {
  view.at = { place: view.at?.place ?? 0, line: view.at?.line ?? 0, time: Math.min(time, view.header.steps - 1) };
  placeCursor(view);
}

function sayWhatIs(view, { row, group }, line, time, neuron) {
  const who = group.title;
  if (isAcross({ row })) return `${who} · ${sayBar(row, line)} ${digits(view.arrays[row.z][line])}`;
  if (row.kind === "traces") {
    const { name, neuron: traced, u, v } = row.lines[line];
    const value = view.arrays[u][time];
    const after = v != null && view.arrays[v][time] !== value ? `, reset to ${digits(view.arrays[v][time])}` : "";
    return `${who}${traced == null ? "" : ` neuron ${traced}`} · time ${time} · ${name || row.axis} ${digits(value)}${after}`;
  }
  if (row.kind === "maps") {
    const found = neuron ?? row.selected ?? 0;
    const count = row.shape.reduce((product, length) => product * length, 1);
    return `${who} neuron ${found} · time ${time} · ${digits(view.arrays[row.z][time * count + found])}`;
  }
  const z = view.arrays[row.z];
  const columns = z.length / linesOf(view, { row });
  const column = Math.floor(time / row.span);
  const last = Math.min((line + 1) * row.bin, row.neurons) - 1;
  const which = row.bin > 1 ? `${row.axis}s ${line * row.bin}–${last}` : `${row.axis} ${line}`;
  const when = row.span > 1 ? `${column * row.span}–${Math.min((column + 1) * row.span, view.header.steps) - 1}` : String(time);
  const what = row.kind === "heatmap" ? (row.axis === "neuron" ? "u" : "input") : "spikes";
  const run = row.other ? ` · ${row.other}` : "";
  return `${who} ${which}${run} · time ${when} · ${what} ${digits(z[line * columns + column])}`;
}

/** What a bar or a weight stands for. */
function sayBar(row, index) {
  if (row.kind === "bars") {
    const first = row.first + index * row.bin;
    return `${row.across} ${row.bin > 1 ? `${first}–${first + row.bin - 1}` : first} · ${row.axis}`;
  }
  const [, tall = 0, across = 0] = row.shape;
  if (!tall) return `weight from ${index}`;
  return `weight from channel ${Math.floor(index / (tall * across))}, row ${Math.floor(index / across) % tall}, column ${index % across}`;
}

const digits = (value) => String(Number(value.toPrecision(4)));

function placeCursor(view) {
  const axis = timeAxis(view);
  const offset = view.at ? toPixel(axis, view.at.time) : -1;
  const visible = offset >= LEFT - 1 && offset <= LEFT + plotWidth(axis) + 1;
  view.cursorNode.style.display = visible ? "block" : "none";
  if (visible) Object.assign(view.cursorNode.style, { left: `${offset}px`, top: "0", height: `${view.root.clientHeight - 18 - AXIS_HEIGHT}px` });
}

/** Picks what the cursor stands on; Python knows which neuron a row of many stands for. */
function pick(view, at, add) {
  const { row, group } = view.rows[at.place] ?? {};
  if (row?.pick == null) return;
  const what = { traces: () => ({ neuron: row.lines[at.line].neuron }), maps: () => ({ neuron: at.neuron ?? row.selected ?? 0 }) }[row.kind];
  view.tell("picked", { layer: row.pick, add, ...(what ? what() : { row: at.line }) });
}

// ------------------------------------------------------------------------------------------------------ pointer and keys

/** The row and time under the pointer, or null. */
function placeUnder(view, event) {
  const canvas = event.target.closest?.("canvas");
  const place = view.rows.findIndex((one) => one.canvas === canvas);
  if (place < 0) return null;
  const box = canvas.getBoundingClientRect();
  const [left, top] = [event.clientX - box.left, event.clientY - box.top];
  const { row } = view.rows[place];
  const now = view.at?.time ?? Math.floor(view.header.steps / 2);
  if (row.kind === "maps" || row.shape?.length === 3) {
    const found = tileAt(stageFor(view, canvas, row.height), row, left, top);
    if (found == null) return null;
    return row.kind === "maps" ? { place, time: now, line: 0, neuron: found } : { place, time: now, line: found };
  }
  const axis = timeAxis(view);
  if (left < LEFT - 2 || left > LEFT + plotWidth(axis) + 2) return null;
  if (isAcross({ row })) return { place, time: now, line: Math.floor((left - LEFT) / plotWidth(axis) * view.arrays[row.z].length) };
  const time = Math.min(Math.max(Math.round(toTime(axis, left)), 0), view.header.steps - 1);
  if (row.kind !== "traces") return { place, time, line: Math.floor(top / box.height * linesOf(view, { row })) };
  const [low, high] = row.range;
  const value = low + (1 - top / box.height) * (high - low);
  const distances = row.lines.map((line) => Math.abs(view.arrays[line.u][time] - value));
  const nearest = row.lines.length - 1 - [...distances].reverse().indexOf(Math.min(...distances));
  return { place, time, line: nearest };
}

function onPointer(view, event) {
  if (!view.header || view.dragging) return;
  const at = placeUnder(view, event);
  view.tipNode.style.display = at ? "block" : "none";
  if (!at) return;
  moveTo(view, at);
  setText(view.tipNode, view.readout.textContent);
  const page = view.root.getBoundingClientRect();
  const left = event.clientX - page.left;
  const flips = left > page.width / 2;
  Object.assign(view.tipNode.style, {
    left: flips ? "auto" : `${left + TIP_DISTANCE}px`,
    right: flips ? `${page.width - left + TIP_DISTANCE}px` : "auto",
    top: `${event.clientY - page.top + TIP_DISTANCE}px`,
  });
}

/** A press and release in one place picks; a drag along time zooms. */
function onPress(view, pressed) {
  if (pressed.button || !pressed.target.closest?.("canvas")) return;
  const at = placeUnder(view, pressed);
  const page = view.root.getBoundingClientRect();
  const start = pressed.clientX - page.left;
  const travel = (event) => Math.abs(event.clientX - pressed.clientX);
  const onMove = (event) => {
    if (pressed.pointerType === "touch" || travel(event) <= CLICK_TRAVEL) return;
    view.dragging = true;
    view.tipNode.style.display = "none";
    const [left, right] = [start, event.clientX - page.left].sort((one, other) => one - other);
    Object.assign(view.zoomNode.style, { display: "block", left: `${left}px`, width: `${right - left}px`, top: "0", height: `${page.height - 50}px` });
  };
  const onRelease = (event) => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointercancel", onRelease);
    view.zoomNode.style.display = "none";
    const zooms = view.dragging;
    view.dragging = false;
    if (event.type === "pointercancel") return;
    if (zooms) {
      const axis = timeAxis(view);
      const [from, to] = [start, event.clientX - page.left].map((left) => toTime(axis, left)).sort((one, other) => one - other);
      setZoom(view, zoomed(Math.max(from, axis.from), Math.min(to, axis.to), view.header.steps));
    } else if (at && travel(event) <= CLICK_TRAVEL) {
      moveTo(view, at);
      pick(view, at, pressed.shiftKey || pressed.ctrlKey || pressed.metaKey);
    }
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onRelease, { once: true });
  window.addEventListener("pointercancel", onRelease, { once: true });
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Only while the rows themselves have the focus, not a button in them. */
function onKey(view, event) {
  if (!view.header || event.target !== view.root || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = view.at ?? { place: 0, time: -1, line: 0 };
  const step = STEPS[event.key];
  view.tipNode.style.display = "none";
  if (step) {
    const far = event.shiftKey ? LEAP : 1;
    moveTo(view, step[1] ? nextLine(view, here, step[1], far) : along(view, here, step[0] * far));
  } else if (event.key === "Home" || event.key === "End") {
    moveTo(view, along(view, here, event.key === "Home" ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER));
  } else if (event.key === "Enter") {
    if (view.at) pick(view, view.at, event.shiftKey);
  } else if (event.key === "Escape") {
    view.at = null;
    setText(view.readout, "");
    placeCursor(view);
  } else if (event.key === "+" || event.key === "-") {
    const { from, to } = timeAxis(view);
    const span = (to - from) * (event.key === "+" ? 1 / ZOOM_FACTOR : ZOOM_FACTOR);
    const middle = view.at ? view.at.time : (from + to) / 2;
    setZoom(view, zoomed(middle - span / 2, middle + span / 2, view.header.steps));
  } else if (event.key === "0") {
    setZoom(view, null);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Sideways: through time, or through what a row of bars runs over. */
const along = (view, here, steps) =>
  isAcross(view.rows[here.place]) ? { ...here, line: here.line + steps } : { ...here, time: here.time + steps };

/** Up or down: to the next neuron or line, and from the last one to the next row. */
function nextLine(view, here, direction, far) {
  const line = here.line + direction * far;
  const stays = !isAcross(view.rows[here.place]) && line >= 0 && line < linesOf(view, view.rows[here.place]);
  if (stays) return { ...here, line };
  const place = Math.min(Math.max(here.place + direction, 0), view.rows.length - 1);
  if (place === here.place) return here;
  const entersAbove = direction > 0 || isAcross(view.rows[place]);
  return { ...here, place, line: entersAbove ? 0 : linesOf(view, view.rows[place]) - 1, neuron: undefined };
}

// ----------------------------------------------------------------------------------------------------------------- play

function playButton(view) {
  const button = element("button", "rows-play", null, { textContent: view.playing ? "Pause" : "Play" });
  button.onclick = () => {
    clearInterval(view.playing);
    view.playing = view.playing
      ? null
      : setInterval(() => {
          const { at, header } = view;
          moveTo(view, { place: at?.place ?? 0, line: at?.line ?? 0, neuron: at?.neuron, time: ((at?.time ?? -1) + 1) % header.steps });
        }, PLAY_INTERVAL);
    for (const one of view.root.querySelectorAll(".rows-play")) one.textContent = view.playing ? "Pause" : "Play";
  };
  return button;
}
