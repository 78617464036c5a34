// Draws one row each on its canvas: rasters, traces and heatmaps, and the axis under them; tiles.js draws what isn't over time.
// Pure functions of a row, the arrays, the axis and a 2-D context; rows.js owns nodes and events.

/**
 * @typedef {{context: CanvasRenderingContext2D, scale: number, axis: TimeAxis, height: number, palette: Object<string, string>,
 *   ramps: Object<string, Uint32Array>, arrays: (Uint8Array|Float32Array)[], font: string, at: number}} Stage
 *   scale: device pixels per pixel; at: the time step under the cursor
 */

const [LABEL_GAP, TITLE_GAP, MIN_INSET] = [5, 36, 6]; // pixels
const SEPARATE = 3; // device pixels from which on cells are told apart by a gap
const FAINTEST = 0.5; // of one spike beside a time step with several
const LEAST_COUNT_HEIGHT = 9; // pixels of a row from which on its count is written
const DASHES = { solid: [], dash: [6, 4], dot: [1.5, 3], dashdot: [7, 3, 1.5, 3] };

const DRAWERS = { raster: drawRaster, traces: drawTraces, heatmap: drawHeatmap, bars: drawBars, weights: drawWeights, maps: drawMaps };

/** @param {Stage} stage */
function drawRow(stage, row) {
  const { context, axis, height, scale } = stage;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, axis.width, height);
  context.font = stage.font;
  DRAWERS[row.kind](stage, row);
}

// ------------------------------------------------------------------------------------------------------------- rasters

/** Spikes as ticks, put into pixels one by one so that none is lost between them; counts at the row ends. */
function drawRaster(stage, row) {
  const z = stage.arrays[row.z];
  const rows = stage.arrays[row.counts].length;
  const columns = z.length / rows;
  const most = row.most ?? (row.most = z.reduce((largest, value) => Math.max(largest, value), 1));
  const rgb = channels(stage.palette[row.color] ?? stage.palette.text);
  const shades = Array.from({ length: 16 }, (_, level) => pixel(rgb, FAINTEST + (1 - FAINTEST) * level / 15));
  paint(stage, (image, { width, height, first, step }) => {
    const data = new Uint32Array(image.data.buffer);
    const cell = step * row.span;
    const thin = row.other ? 0.45 : 1;
    const wide = Math.max(1, Math.round((cell >= SEPARATE ? cell - 1 : cell) * thin));
    const begin = Math.max(0, Math.floor((-first / step) / row.span) - 1);
    for (let line = 0; line < rows; line++) {
      const top = Math.floor(line * height / rows);
      const below = Math.floor((line + 1) * height / rows);
      const bottom = Math.max(top + 1, below - top >= SEPARATE ? below - 1 : below);
      for (let column = begin; column < columns; column++) {
        const left = Math.round(first + column * cell);
        if (left >= width) break;
        const count = z[line * columns + column];
        if (!(count > 0) || left + wide <= 0) continue;
        const shade = shades[most > 1 ? Math.round(15 * (count - 1) / (most - 1)) : 15];
        for (let y = top; y < bottom; y++) data.fill(shade, y * width + Math.max(left, 0), y * width + Math.min(left + wide, width));
      }
    }
  });
  if (rows > 1) markRows(stage, row.selected ?? [], rows);
  if (row.marks) drawMarks(stage, row, rows);
  drawCounts(stage, stage.arrays[row.counts], rows);
  drawRowAxis(stage, row, rows);
}

/** Hands an image of the plot area, in device pixels, to `fill`, with where time step 0 begins in it and how wide a step is. */
function paint(stage, fill) {
  const { context, axis, scale, height } = stage;
  const area = { width: Math.max(Math.floor(plotWidth(axis) * scale), 1), height: Math.max(Math.floor(height * scale), 1) };
  const image = context.createImageData(area.width, area.height);
  const step = area.width / (axis.to - axis.from);
  fill(image, { ...area, step, first: (-0.5 - axis.from) * step });
  context.putImageData(image, Math.round(LEFT * scale), 0);
}

/** A band behind the rows of the selected neurons, and a wedge before them, so that not colour alone tells. */
function markRows(stage, selected, rows) {
  const { context, axis, height, palette } = stage;
  for (const row of selected) {
    const top = row * height / rows;
    const tall = Math.max(height / rows, 2);
    context.save();
    context.globalCompositeOperation = "destination-over";
    context.globalAlpha = 0.22;
    context.fillStyle = palette.membrane;
    context.fillRect(LEFT, top, plotWidth(axis), tall);
    context.restore();
    const middle = top + tall / 2;
    context.fillStyle = palette.membrane;
    context.beginPath();
    context.moveTo(LEFT - 1, middle);
    context.lineTo(LEFT - 6, middle - 3.5);
    context.lineTo(LEFT - 6, middle + 3.5);
    context.fill();
  }
}

/** What each row adds up to: in numbers where there is room, else as bars beside the largest number. */
function drawCounts(stage, counts, rows) {
  const { context, axis, height, palette } = stage;
  const start = LEFT + plotWidth(axis) + 5;
  context.fillStyle = palette.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  if (height / rows >= LEAST_COUNT_HEIGHT) {
    for (let row = 0; row < rows; row++) context.fillText(inWords(counts[row]), start, (row + 0.5) * height / rows);
    return;
  }
  const largest = counts.reduce((most, value) => Math.max(most, value), 0);
  if (largest <= 0) return;
  const tall = height / rows;
  for (let row = 0; row < rows; row++) context.fillRect(start, row * tall, counts[row] / largest * (RIGHT - 14), Math.max(tall - 0.5, 0.5));
}

function drawRowAxis(stage, row, rows) {
  const { height } = stage;
  const half = height / rows / 2;
  label(stage, "0", Math.max(half, MIN_INSET));
  if (row.neurons > 1) label(stage, String(row.neurons - 1), height - Math.max(half, MIN_INSET));
  title(stage, row.other ? `${row.axis} ${row.other.length === 1 ? row.other : "B"}` : row.axis);
}

function label(stage, text, y) {
  const { context, palette } = stage;
  context.fillStyle = palette.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(text, LEFT - LABEL_GAP - 3, y);
}

function title({ context, height, palette }, text) {
  context.save();
  context.fillStyle = palette.muted;
  context.translate(LEFT - TITLE_GAP - 6, height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, 0, 0);
  context.restore();
}

// -------------------------------------------------------------------------------------------------- traces and heatmaps

function drawTraces(stage, row) {
  const { context, axis, height, palette, arrays } = stage;
  const [low, high] = row.range;
  const y = (value) => height - 2 - (value - low) / (high - low) * (height - 4);
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  for (const value of [low, high]) label(stage, inWords(value), Math.min(Math.max(y(value), MIN_INSET), height - MIN_INSET));
  if (low < 0) strokeLevel(stage, y(0), "grid", []);
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, plotWidth(axis), height);
  context.clip();
  const strokeSteps = (u, v) => {
    context.beginPath();
    alongSteps(axis, u, v, (x, value) => context.lineTo(x, y(value)));
    context.stroke();
  };
  for (const line of row.lines) {
    context.strokeStyle = palette[line.color] ?? palette.text;
    context.globalAlpha = line.opacity;
    context.lineWidth = line.width;
    context.setLineDash(DASHES[line.dash]);
    strokeSteps(arrays[line.u], arrays[line.v ?? line.u]);
  }
  context.globalAlpha = 1;
  for (const threshold of row.thresholds) {
    if (threshold.value != null) {
      strokeLevel(stage, y(threshold.value), "threshold", DASHES.dash);
      continue;
    }
    const theta = arrays[threshold.values];
    context.strokeStyle = palette.threshold;
    context.lineWidth = 1.3;
    context.setLineDash(DASHES.dash);
    strokeSteps(theta, theta);
  }
  context.restore();
  title(stage, row.axis);
}

function strokeLevel({ context, axis, palette }, y, color, dash) {
  context.strokeStyle = palette[color];
  context.lineWidth = color === "grid" ? 1 : 1.5;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(LEFT, y);
  context.lineTo(LEFT + plotWidth(axis), y);
  context.stroke();
  context.setLineDash([]);
}

function drawHeatmap(stage, row) {
  const z = stage.arrays[row.z];
  const rows = Math.ceil(row.neurons / row.bin);
  const columns = z.length / rows;
  const colors = stage.ramps[row.color];
  const [low, high] = row.range;
  paint(stage, (image, { width, height, first, step }) => {
    const data = new Uint32Array(image.data.buffer);
    const columnAt = Int32Array.from({ length: width }, (_, x) => Math.floor((x + 0.5 - first) / (step * row.span)));
    for (let y = 0; y < height; y++) {
      const upper = Math.min(Math.floor(y * rows / height), rows - 1);
      const lower = Math.max(Math.min(Math.floor((y + 1) * rows / height), rows), upper + 1);
      for (let x = 0; x < width; x++) {
        const column = columnAt[x];
        if (column < 0 || column >= columns) continue;
        let sum = 0; // of the rows that share this pixel
        for (let line = upper; line < lower; line++) sum += z[line * columns + column];
        const share = (sum / (lower - upper) - low) / (high - low);
        data[y * width + x] = colors[Math.round(Math.min(Math.max(share, 0), 1) * (LEVELS - 1))];
      }
    }
  });
  if (rows > 1) markRows(stage, row.selected ?? [], rows);
  drawRowAxis(stage, row, rows);
  drawScale(stage, colors, row.range);
}

/** What the colours stand for, at the row's end. */
function drawScale({ context, axis, height, palette }, colors, [low, high]) {
  const start = LEFT + plotWidth(axis) + 6;
  for (let y = 0; y < height; y++) {
    const value = colors[Math.round((1 - y / height) * (LEVELS - 1))];
    context.fillStyle = `rgb(${value & 255} ${(value >> 8) & 255} ${(value >> 16) & 255})`;
    context.fillRect(start, y, 6, 1);
  }
  context.fillStyle = palette.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(inWords(high), start + 8, MIN_INSET);
  context.fillText(inWords(low), start + 8, height - MIN_INSET);
}

// ------------------------------------------------------------------------------------------------------------ time axis

function drawTimeAxis(stage) {
  const { context, axis, height, palette, scale } = stage;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, axis.width, height);
  context.font = stage.font;
  context.strokeStyle = palette.muted;
  context.fillStyle = palette.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(LEFT, 0.5);
  context.lineTo(LEFT + plotWidth(axis), 0.5);
  for (const time of ticks(axis.from, axis.to, Math.max(2, Math.min(10, plotWidth(axis) / 70)))) {
    const x = toPixel(axis, time);
    context.moveTo(x, 0);
    context.lineTo(x, 4);
    context.fillText(inWords(time), x, 6);
  }
  context.stroke();
  context.textAlign = "right";
  context.fillText("time (steps)", LEFT + plotWidth(axis), 18);
}

/** A number with the digits it deserves. */
function inWords(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  return String(Number(value.toPrecision(3)));
}
