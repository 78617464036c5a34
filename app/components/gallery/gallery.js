// A radio group of tiles, each a picture and its name. Owns nodes, keyboard and what is chosen until the server has answered; what the
// pictures show is computed in Python.

/**
 * @typedef {{drawing: "raster"|"line"|"pixels", shape: number[], levels: string, zero: number}} Picture
 *   levels: bytes in base64, of a raster (neurons, time), of a line (time), of pixels (pictures, polarity, height, width)
 * @typedef {{kind: string, name: string, picture: ?Picture}} Tile without a picture while it is being made
 * @typedef {{tiles: Tile[], chosen: string, answered: number, palette: Object<string, string>}} Data
 *   answered: number of the last choice that is seen in `chosen`
 */

const galleries = new WeakMap();
const PATIENCE = 1500; // milliseconds until a choice without an answer is told again
const TELLINGS = 3; // of one choice, at most

export default function ({ parentElement, data, setTriggerValue }) {
  const view = galleries.get(parentElement) ?? createGallery(parentElement);
  galleries.set(parentElement, view);
  view.tell = setTriggerValue;
  update(view, data);
  // Streamlit also calls this when newer data overtook this call, so only a parent that is gone ends the view.
  return () => setTimeout(() => parentElement.isConnected || destroy(view));
}

function createGallery(parent) {
  const root = document.createElement("div");
  root.className = "gallery";
  root.setAttribute("role", "radiogroup");
  root.setAttribute("aria-label", "Input");
  parent.append(root);
  const view = { root, tiles: new Map(), number: 0, answered: 0, tellings: 0 };
  view.resizes = new ResizeObserver(() => view.palette && redraw(view));
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onArrow(view, event));
  return view;
}

function destroy(view) {
  view.resizes.disconnect();
  clearTimeout(view.telling);
}

/** @param {Data} data */
function update(view, data) {
  view.palette = data.palette;
  const hadFocus = view.root.contains(document.activeElement);
  const kinds = data.tiles.map(({ kind }) => kind);
  for (const [kind, { root }] of view.tiles) {
    if (kinds.includes(kind)) continue;
    root.remove();
    view.tiles.delete(kind);
  }
  data.tiles.forEach(({ kind, name, picture }, place) => {
    const tile = view.tiles.get(kind) ?? createTile(view, kind);
    view.tiles.set(kind, tile);
    if (view.root.children[place] !== tile.root) view.root.insertBefore(tile.root, view.root.children[place] ?? null);
    if (tile.name.textContent !== name) tile.name.textContent = name;
    tile.picture = picture && { ...picture, levels: Uint8Array.from(atob(picture.levels), (byte) => byte.charCodeAt(0)) };
  });
  view.inForce = data.chosen;
  view.answered = data.answered;
  view.number = Math.max(view.number, data.answered); // a new view in a session that has seen choices
  if (view.number === view.answered) mark(view, view.inForce); // the answer to an earlier choice doesn't undo the last one
  if (hadFocus && !view.root.contains(document.activeElement)) view.tiles.get(view.chosen)?.root.focus();
  redraw(view);
}

function createTile(view, kind) {
  const root = Object.assign(document.createElement("button"), { type: "button", className: "gallery-tile" });
  root.setAttribute("role", "radio");
  root.dataset.kind = kind;
  const canvas = Object.assign(document.createElement("canvas"), { className: "gallery-picture" });
  canvas.setAttribute("aria-hidden", "true");
  const name = Object.assign(document.createElement("span"), { className: "gallery-name" });
  root.append(canvas, name);
  root.addEventListener("click", () => choose(view, kind));
  return { root, canvas, name, picture: null };
}

// -------------------------------------------------------------------------------------------------------------- choosing

function choose(view, kind) {
  if (kind === view.chosen) return;
  mark(view, kind);
  view.number += 1;
  view.tellings = TELLINGS;
  tellChoice(view);
}

/** Streamlit drops what another interaction interrupts, so a choice is told until it is answered. */
function tellChoice(view) {
  clearTimeout(view.telling);
  if (view.answered === view.number) return;
  if (!view.tellings) {
    view.number = view.answered;
    return mark(view, view.inForce);
  }
  view.tellings -= 1;
  view.tell("choice", { kind: view.chosen, number: view.number });
  view.telling = setTimeout(() => tellChoice(view), PATIENCE);
}

/** The chosen tile is also the one that Tab comes to. */
function mark(view, chosen) {
  view.chosen = chosen;
  for (const [kind, { root }] of view.tiles) {
    root.setAttribute("aria-checked", String(kind === chosen));
    root.tabIndex = kind === chosen ? 0 : -1;
  }
}

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** As in any radio group an arrow key moves to the next tile and chooses it, and from the last one to the first. */
function onArrow(view, event) {
  const step = STEPS[event.key];
  if (!step || event.shiftKey) return;
  const tiles = [...view.root.children];
  const next = tiles[(tiles.indexOf(event.target) + step + tiles.length) % tiles.length];
  next.focus();
  choose(view, next.dataset.kind);
  event.preventDefault();
}

// --------------------------------------------------------------------------------------------------------------- drawing

const DRAWERS = { raster: drawRaster, line: drawLine, pixels: drawPixels };
const FAINTEST = 0.5; // of the least beside the most
const MARK = 2; // pixels that a spike takes along time where it hides no gap before the next
const SEPARATE = 3; // pixels from which on cells are told apart by a gap of one
const DOT = 0.4; // of a pixel that is ON

function redraw(view) {
  const scale = window.devicePixelRatio || 1;
  for (const { canvas, picture } of view.tiles.values()) {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((length) => Math.round(length * scale));
    if (!width || !height) continue;
    Object.assign(canvas, { width, height }); // which also clears it
    if (picture) DRAWERS[picture.drawing]({ context: canvas.getContext("2d"), width, height, scale, palette: view.palette }, picture);
  }
}

const shade = (level) => FAINTEST + (1 - FAINTEST) * level / 255;
/** How much of a cell is filled, in device pixels. */
const inner = (length, scale) => Math.max(1, Math.floor(length >= SEPARATE * scale ? length - scale : length));

/** Spikes as ticks: neurons from top to bottom, time from left to right, in whole device pixels; where steps are narrow, spikes in a row join. */
function drawRaster({ context, width, height, scale, palette }, { shape: [rows, columns], levels }) {
  const [wide, tall] = [width / columns, height / rows];
  context.fillStyle = palette.input;
  for (let row = 0; row < rows; row++) {
    let next = Infinity; // where the spike after this one begins
    for (let column = columns - 1; column >= 0; column--) {
      const level = levels[row * columns + column];
      if (!level) continue;
      const left = Math.round(column * wide);
      const joins = wide < SEPARATE * scale && next === Math.round((column + 1) * wide);
      const alone = Math.min(left + Math.round(MARK * scale), next - inner(wide, scale));
      const right = joins ? next : Math.max(left + inner(wide, scale), alone);
      context.globalAlpha = shade(level);
      context.fillRect(left, Math.round(row * tall), right - left, inner(tall, scale));
      next = left;
    }
  }
}

/** A current over time, each value for its step, over a thin line at 0. */
function drawLine({ context, width, height, scale, palette }, { levels, zero }) {
  const margin = 2 * scale;
  const y = (level) => height - margin - level / 255 * (height - 2 * margin);
  context.lineWidth = scale;
  context.strokeStyle = palette.grid;
  context.beginPath();
  context.moveTo(0, y(zero));
  context.lineTo(width, y(zero));
  context.stroke();
  context.lineWidth = 1.5 * scale;
  context.lineJoin = "round";
  context.strokeStyle = palette.input;
  context.beginPath();
  levels.forEach((level, time) => [time, time + 1].forEach((edge) => context.lineTo(edge * width / levels.length, y(level))));
  context.stroke();
}

/** ON as full pixels, OFF as dots; several pictures stand side by side. */
function drawPixels({ context, width, height, scale, palette }, { shape: [pictures, , tall, across], levels }) {
  const rim = Math.max(1, Math.round(scale));
  const gap = 6 * rim;
  const cell = Math.max(1, Math.floor(Math.min((height - 2 * rim) / tall, ((width + gap) / pictures - gap - 2 * rim) / across)));
  const step = across * cell + 2 * rim + gap;
  const left = Math.floor((width - pictures * step + gap) / 2) + rim;
  const top = Math.floor((height - tall * cell) / 2);
  const dot = Math.max(1, Math.round(cell * DOT));
  context.strokeStyle = palette.grid;
  context.lineWidth = rim;
  for (let picture = 0; picture < pictures; picture++) {
    context.strokeRect(left + picture * step - rim / 2, top - rim / 2, across * cell + rim, tall * cell + rim);
  }
  levels.forEach((level, index) => {
    if (!level) return;
    const place = Math.floor(index / across);
    const [column, row, isOff, picture] = [index % across, place % tall, Math.floor(place / tall) % 2, Math.floor(place / tall / 2)];
    const size = isOff ? dot : inner(cell, scale);
    const inset = isOff ? Math.floor((cell - dot) / 2) : 0;
    context.globalAlpha = shade(level);
    context.fillStyle = isOff ? palette.muted : palette.input;
    context.fillRect(left + picture * step + column * cell + inset, top + row * cell + inset, size, size);
  });
}
