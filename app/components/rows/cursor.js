// The cursor that all rows share: where it stands, what is there in words, and what is picked with it.

const CURSOR_EVENT = "rows-cursor"; // so that rows side by side share one cursor

/** Whether a row runs over something else than time: neurons, intervals, inputs. */
const isAcross = ({ row }) => row.kind === "bars" || row.kind === "weights";

/** On how many lines of a row the cursor can stand; of what doesn't run over time, each value is one. */
function linesOf(view, { row }) {
  if (row.kind === "traces") return row.lines.length;
  if (row.kind === "bars" || row.kind === "weights") return view.arrays[row.z].length;
  return row.kind === "maps" ? 1 : Math.ceil(row.neurons / row.bin);
}

/** Puts the cursor on a row, a line in it and a time, and says what is there. */
function moveTo(view, to, { shared = true, aloud = false, follow = false } = {}) {
  const place = Math.min(Math.max(to.place, 0), view.rows.length - 1);
  const time = Math.min(Math.max(Math.round(to.time), 0), view.header.steps - 1);
  const line = Math.min(Math.max(to.line, 0), linesOf(view, view.rows[place]) - 1);
  view.at = { place, time, line, neuron: to.neuron };
  view.readout.setAttribute("aria-live", aloud ? "polite" : "off"); // what the pointer passes isn't read out
  if (follow) panTo(view, time);
  setText(view.readout, sayWhatIs(view, view.rows[place], line, time, to.neuron));
  placeCursor(view);
  for (const { row, canvas } of view.rows) if (row.kind === "maps") drawRow(stageFor(view, canvas, row.height), row);
  if (shared) document.dispatchEvent(new CustomEvent(CURSOR_EVENT, { detail: { source: view, time } }));
}

/** Moves a zoom along, so that the time is in it. */
function panTo(view, time) {
  if (!view.zoom || (time >= view.zoom[0] && time <= view.zoom[1])) return;
  const span = view.zoom[1] - view.zoom[0];
  const start = time < view.zoom[0] ? time - 0.5 : time + 0.5 - span;
  setZoom(view, zoomed(start, start + span, view.header.steps));
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
  const mean = row.bin * row.span > 1 ? "mean " : "";
  const what = row.kind === "heatmap" ? `${mean}${row.axis === "neuron" ? "u" : "input"}` : "spikes";
  const run = row.other ? ` · ${row.other}` : "";
  const marked = isMarked(view, row, line, time) ? " · target" : "";
  return `${who} ${which}${run} · time ${when} · ${what} ${digits(z[line * columns + column])}${marked}`;
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
  if (row?.marks_one && !add) return toggleMark(view, at);
  if (row?.pick == null) return;
  const what = {
    traces: () => ({ neuron: row.lines[at.line].neuron }),
    maps: () => ({ neuron: at.neuron ?? row.selected ?? 0 }),
    weights: () => ({ neuron: at.line }),
  }[row.kind];
  view.tell("picked", { layer: row.pick, add, ...(what ? what() : { row: at.line }) });
}
