// Marks on a raster, such as target spikes: how they look, and what is told of a click that sets or clears one.

const MARK_PATIENCE = 1500; // milliseconds until a click without an answer is told again
const LEAST_MARK_WIDTH = 5; // pixels

/** A dotted frame around each marked step. */
function drawMarks(stage, row, rows) {
  const { context, axis, height, palette } = stage;
  const [lines, times] = [stage.arrays[row.marks.lines], stage.arrays[row.marks.times]];
  const tall = height / rows;
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, plotWidth(axis), height);
  context.clip();
  context.strokeStyle = palette.target;
  context.lineWidth = 1.5;
  context.setLineDash([2, 1.5]);
  for (let index = 0; index < times.length; index++) {
    const middle = toPixel(axis, times[index]);
    const wide = Math.max(toPixel(axis, times[index] + 0.5) - toPixel(axis, times[index] - 0.5), LEAST_MARK_WIDTH);
    context.strokeRect(middle - wide / 2, lines[index] * tall + 1, wide, Math.max(tall - 2, 1));
  }
  context.restore();
}

/** Whether a step of a raster's row is marked. */
const isMarked = (view, row, line, time) =>
  row.marks != null && view.arrays[row.marks.times].some((step, index) => step === time && view.arrays[row.marks.lines][index] === line);

/** Sets or clears a mark. Streamlit drops what another interaction interrupts, so it is told until it is answered. */
function toggleMark(view, { line, time }) {
  view.number += 1;
  view.untold.push({ number: view.number, neuron: line, time });
  tellMarks(view);
}

function tellMarks(view) {
  clearTimeout(view.telling);
  if (!view.untold.length) return;
  view.tell("marked", [...view.untold]);
  view.telling = setTimeout(() => tellMarks(view), MARK_PATIENCE);
}

/** Takes note of what Python has answered. */
function takeAnswer(view, answered) {
  view.number = Math.max(view.number, answered); // a new view in a session that has answered clicks
  view.untold = view.untold.filter(({ number }) => number > answered);
  if (!view.untold.length) clearTimeout(view.telling);
}
