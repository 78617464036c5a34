// The rows of a network on one time axis: makes the nodes that a figure needs and has them drawn. What a row is stands in Python, how it
// looks in draw.js and tiles.js, what can be done with it in cursor.js, marks.js and input.js.

const viewsOf = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const view = viewsOf.get(parentElement) ?? createView(parentElement);
  viewsOf.set(parentElement, view);
  view.tell = setTriggerValue;
  if (view.packet !== data) {
    view.packet = data;
    const before = view.header?.steps;
    Object.assign(view, unpack(data));
    takeAnswer(view, view.header.answered);
    if (view.zoom && before !== view.header.steps) view.zoom = view.zoom[1] > view.header.steps ? null : view.zoom;
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
  const whole = element("button", "rows-whole", foot, { textContent: "Whole run", title: "Ends the zoom: key 0, or a double click", hidden: true });
  const readout = element("p", "rows-readout", foot);
  readout.setAttribute("role", "status");
  const view = { root, body, foot, axisCanvas, whole, readout, zoom: null, at: null, nodes: new Map(), playing: null, number: 0, untold: [] };
  for (const name of ["cursor", "zoom", "tip"]) {
    view[`${name}Node`] = element("div", `rows-${name}`, root);
    view[`${name}Node`].setAttribute("aria-hidden", "true");
  }
  axisCanvas.setAttribute("aria-hidden", "true");
  view.resizes = new ResizeObserver(() => view.header && onResize(view));
  view.resizes.observe(root);
  whole.onclick = () => setZoom(view, null);
  root.addEventListener("keydown", (event) => onKey(view, event));
  root.addEventListener("pointermove", (event) => onPointer(view, event));
  root.addEventListener("pointerleave", () => (view.tipNode.style.display = "none"));
  root.addEventListener("pointerdown", (event) => onPress(view, event));
  root.addEventListener("dblclick", (event) => event.target.closest("canvas") && setZoom(view, null));
  view.follow = ({ detail }) => detail.source !== view && view.header && followCursor(view, detail.time);
  document.addEventListener(CURSOR_EVENT, view.follow);
  return view;
}

const NARROW = 500; // pixels

function onResize(view) {
  if (view.root.clientWidth < NARROW !== view.isNarrow) arrange(view);
  redraw(view);
}

function destroy(view) {
  view.resizes.disconnect();
  document.removeEventListener(CURSOR_EVENT, view.follow);
  clearInterval(view.playing);
  clearTimeout(view.telling);
}

/** Makes the nodes that the figure needs, keeps those that are there, and fills in the words. */
function arrange(view) {
  const { header } = view;
  view.root.setAttribute("aria-label", `${header.description} Arrow keys move the cursor, Enter selects, plus and minus zoom, 0 shows the whole run.`);
  const wanted = new Set();
  view.isNarrow = view.root.clientWidth < NARROW;
  view.rows = [];
  const sections = header.groups.map((group) => {
    const section = keep(view, wanted, group.layer, () => createSection(view, group));
    fillHeading(view, section, group);
    const shown = group.rows.filter((row) => !(row.wide && view.isNarrow));
    const rows = shown.map((row, number) => {
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
  if (view.playing && !view.rows.some(({ row }) => row.kind === "maps")) stopPlaying(view);
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
  const hadFocus = section.note.contains(document.activeElement);
  section.note.replaceChildren();
  if (hadFocus) section.title.focus(); // the button that was pressed is gone
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

const AXIS_HEIGHT = 32; // pixels

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
  view.whole.hidden = !view.zoom;
  if (!view.at) return placeCursor(view);
  moveTo(view, view.at, { shared: false });
  setText(view.tipNode, view.readout.textContent); // the pointer may rest on a plot that has changed under it
}

function setZoom(view, range) {
  view.zoom = range;
  redraw(view);
}
