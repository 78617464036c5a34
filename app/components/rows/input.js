// Pointer and keyboard over the rows, and playing through time.

const TIP_DISTANCE = 12; // pixels
const CLICK_TRAVEL = 4; // pixels
const PLAY_INTERVAL = 120; // milliseconds
const BY_KEY = { aloud: true, follow: true };
const LEAP = 10; // steps or rows, with Shift
const ZOOM_FACTOR = 2;

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
  const pressedRow = view.rows.find(({ canvas }) => canvas === pressed.target);
  const zooms = pressed.pointerType !== "touch" && !(pressedRow && (isAcross(pressedRow) || pressedRow.row.kind === "maps"));
  const page = view.root.getBoundingClientRect();
  const start = pressed.clientX - page.left;
  const travel = (event) => Math.abs(event.clientX - pressed.clientX);
  const onMove = (event) => {
    if (!zooms || travel(event) <= CLICK_TRAVEL) return;
    view.dragging = true;
    view.tipNode.style.display = "none";
    const [left, right] = [start, event.clientX - page.left].sort((one, other) => one - other);
    Object.assign(view.zoomNode.style, { display: "block", left: `${left}px`, width: `${right - left}px`, top: "0", height: `${page.height - 50}px` });
  };
  const onRelease = (event) => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointercancel", onRelease);
    view.zoomNode.style.display = "none";
    const dragged = view.dragging;
    view.dragging = false;
    if (event.type === "pointercancel") return;
    if (dragged) {
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
  if (!view.header || event.target !== view.root) return;
  const here = view.at ?? { place: 0, time: -1, line: 0 };
  const step = STEPS[event.key];
  view.tipNode.style.display = "none";
  if (step) {
    const far = event.shiftKey ? LEAP : 1;
    moveTo(view, step[1] ? nextLine(view, here, step[1], far) : along(view, here, step[0] * far), BY_KEY);
  } else if (event.key === "Home" || event.key === "End") {
    moveTo(view, along(view, here, event.key === "Home" ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER), BY_KEY);
  } else if (event.key === "Enter" && view.at) {
    pick(view, view.at, event.shiftKey);
  } else if (event.key === "Escape" && view.at) {
    view.at = null;
    setText(view.readout, "");
    placeCursor(view);
  } else if (event.key === "+" || event.key === "-") {
    const { from, to } = timeAxis(view);
    const span = (to - from) * (event.key === "+" ? 1 / ZOOM_FACTOR : ZOOM_FACTOR);
    const middle = view.at ? view.at.time : (from + to) / 2;
    setZoom(view, zoomed(middle - span / 2, middle + span / 2, view.header.steps));
  } else if (event.key === "0" && view.zoom) {
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

function playButton(view) {
  const button = element("button", "rows-play", null, { textContent: view.playing ? "Pause" : "Play" });
  button.onclick = () => {
    if (view.playing) return stopPlaying(view);
    view.playing = setInterval(() => {
      const { at, header } = view;
      const time = ((at?.time ?? -1) + 1) % header.steps;
      moveTo(view, { place: at?.place ?? 0, line: at?.line ?? 0, neuron: at?.neuron, time }, { follow: true });
    }, PLAY_INTERVAL);
    showPlaying(view);
  };
  return button;
}

function stopPlaying(view) {
  clearInterval(view.playing);
  view.playing = null;
  showPlaying(view);
}

function showPlaying(view) {
  for (const button of view.root.querySelectorAll(".rows-play")) button.textContent = view.playing ? "Pause" : "Play";
}
