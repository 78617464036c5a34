// Draws a confusion matrix: a row for each class, a column for each answer.

const MARGIN = 30; // units for the names
const FONT = 11;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} scale device pixels per unit
 * @param {number} side of the whole, in units
 * @param {number[][]} counts
 * @param {import("../wire.js").Wall} header
 * @param {number | null} at the place that is pointed at
 */
export function drawMatrix(context, scale, side, counts, { names, palette }, at) {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, side, side);
  const cell = (side - MARGIN) / names.length;
  context.font = `${FONT}px "Source Sans", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [label, row] of counts.entries()) {
    const whole = row.reduce((sum, count) => sum + count, 0) || 1;
    for (const [answer, count] of row.entries()) {
      const [x, y] = [MARGIN + answer * cell, MARGIN + label * cell];
      const share = count / whole;
      context.globalAlpha = count ? 0.15 + 0.85 * share : 1;
      context.fillStyle = count ? (label === answer ? palette.membrane : palette.threshold) : palette.grid;
      context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      context.globalAlpha = 1;
      if (count && cell >= 2 * FONT - 4) {
        context.fillStyle = 0.15 + 0.85 * share > 0.6 ? palette.background : palette.text;
        context.fillText(String(count), x + cell / 2, y + cell / 2, cell);
      }
      if (label * names.length + answer === at) {
        context.strokeStyle = palette.text;
        context.lineWidth = 1.5;
        context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
      }
    }
    context.fillStyle = palette.muted;
    if (cell >= FONT) {
      context.fillText(names[label], MARGIN * 0.65, MARGIN + (label + 0.5) * cell, MARGIN * 0.7);
      context.fillText(names[label], MARGIN + (label + 0.5) * cell, MARGIN * 0.7, cell);
    }
  }
  context.fillStyle = palette.muted;
  context.textAlign = "left";
  context.fillText("taken for", MARGIN, 6);
  context.save();
  context.translate(6, side);
  context.rotate(-Math.PI / 2);
  context.fillText("class", 0, 0);
  context.restore();
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/**
 * The place in the matrix at a point, as label · classes + answer; null beside it.
 * @param {number} x
 * @param {number} y
 * @param {number} side
 * @param {number} classes
 */
export function pairAt(x, y, side, classes) {
  const cell = (side - MARGIN) / classes;
  const [answer, label] = [Math.floor((x - MARGIN) / cell), Math.floor((y - MARGIN) / cell)];
  return x < MARGIN || y < MARGIN || answer >= classes || label >= classes ? null : label * classes + answer;
}
