// Spike rasters on a canvas over plotly's time axis: plotly's own heatmaps take most of a redraw, a canvas next to nothing.
// Pure functions of a raster, an area and a 2-D context; plot.js, which follows in the same module, owns nodes and events.

/**
 * @typedef {{z: ArrayLike<number>, rows: number, columns: number, most: number, domain: number[], color: string, muted: string,
 *   label: string, title: string, layer: ?string}} Raster
 *   domain: lower and upper edge as fractions of the plot's height
 * @typedef {{left: number, top: number, width: number, height: number, x: number[]}} Area
 *   where a raster lies, in pixels, and the times at its left and right edge
 */

const READERS = { u1: Uint8Array, f4: Float32Array };
const [LABEL_GAP, TITLE_GAP, MIN_INSET] = [5, 34, 5]; // pixels
const SEPARATE = 3; // pixels from which on rows are told apart by a gap
const FAINTEST = 0.55; // of one spike beside a time step with several

/** Unpacks a raster as Python sends it. @returns {Raster} */
function unpackRaster(raster) {
  const bytes = Uint8Array.from(atob(raster.z.bdata), (character) => character.charCodeAt(0));
  const [rows, columns] = raster.z.shape.split(", ").map(Number);
  const z = new READERS[raster.z.dtype](bytes.buffer);
  return { ...raster, z, rows, columns, most: z.reduce((most, value) => Math.max(most, value), 1) };
}

/** Draws a raster's spikes as ticks, clipped to its area, and its axis beside it. */
function drawRaster(context, raster, area, font) {
  const cellWidth = area.width / (area.x[1] - area.x[0]);
  const cellHeight = area.height / raster.rows;
  const width = Math.max(1, cellWidth - 1);
  const height = Math.max(1, cellHeight > SEPARATE ? cellHeight - 1 : cellHeight);
  const first = Math.max(0, Math.floor(area.x[0]));
  const last = Math.min(raster.columns - 1, Math.ceil(area.x[1]));
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  context.fillStyle = raster.color;
  for (let row = 0; row < raster.rows; row++) {
    const y = area.top + (row + 0.5) * cellHeight - height / 2;
    for (let column = first; column <= last; column++) {
      const count = raster.z[row * raster.columns + column];
      if (count <= 0) continue;
      context.globalAlpha = raster.most > 1 ? FAINTEST + (1 - FAINTEST) * (count - 1) / (raster.most - 1) : 1;
      context.fillRect(area.left + (column - area.x[0]) * cellWidth - width / 2, y, width, height);
    }
  }
  context.restore();
  drawAxis(context, raster, area, font);
}

/** The numbers of the first and the last row, and what the rows are. */
function drawAxis(context, raster, area, font) {
  context.save();
  context.font = font;
  context.fillStyle = raster.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const half = area.height / raster.rows / 2;
  context.fillText("0", area.left - LABEL_GAP, area.top + Math.max(half, MIN_INSET));
  context.fillText(String(raster.rows - 1), area.left - LABEL_GAP, area.top + area.height - Math.max(half, MIN_INSET));
  context.translate(area.left - TITLE_GAP, area.top + area.height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(raster.title, 0, 0);
  context.restore();
}

/** The cell under a place on the page, or null. @returns {?{x: number, row: number}} */
function cellAt(raster, area, left, top) {
  if (left < area.left || left > area.left + area.width || top < area.top || top > area.top + area.height) return null;
  const x = Math.round(area.x[0] + (left - area.left) / area.width * (area.x[1] - area.x[0]));
  const row = Math.min(Math.floor((top - area.top) / area.height * raster.rows), raster.rows - 1);
  return x >= 0 && x < raster.columns ? { x, row } : null;
}
