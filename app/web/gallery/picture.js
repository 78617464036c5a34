// Draws a tile's picture: what it shows is computed in Python.

import { bytesOf } from "../lib/base64.js";
import { clearedPixels } from "../lib/dom.js";

/**
 * @typedef {import("../wire.js").GalleryPicture} Sent `levels` in base64, the largest 255: of a raster (neurons, time), of a line (time),
 *   of pixels (pictures, polarity, height, width)
 * @typedef {Omit<Sent, "levels"> & {levels: Uint8Array}} Picture
 * @typedef {import("../wire.js").GalleryPalette} Palette
 * @typedef {{context: CanvasRenderingContext2D, width: number, height: number, scale: number, palette: Palette}} Sheet in device pixels,
 *   `scale` of them per pixel of the page
 */

const DRAWERS = { raster: drawRaster, line: drawLine, pixels: drawPixels };
const FAINTEST = 0.5; // of the least beside the most
const MARK = 2; // pixels that a spike takes along time where it hides no gap before the next
const SEPARATE = 3; // pixels from which on cells are told apart by a gap of one
const DOT = 0.4; // of a pixel that is ON

/** @param {Sent} sent @returns {Picture} */
export const unpackPicture = (sent) => ({ ...sent, levels: bytesOf(sent.levels) });

/**
 * Draws a picture on a canvas as large as it is on the page; where there is none so far, nothing.
 * @param {HTMLCanvasElement} canvas @param {Picture | null} picture @param {Palette} palette
 */
export function drawPicture(canvas, picture, palette) {
  const sheet = clearedPixels(canvas);
  if (picture && sheet.width && sheet.height) DRAWERS[picture.drawing]({ ...sheet, palette }, picture);
}

/** How opaque a level is. @param {number} level */
const shade = (level) => FAINTEST + ((1 - FAINTEST) * level) / 255;

/** How much of a cell is filled, in device pixels. @param {number} length @param {number} scale */
const inner = (length, scale) => Math.max(1, Math.floor(length >= SEPARATE * scale ? length - scale : length));

/**
 * Spikes as ticks: neurons from top to bottom, time from left to right, in whole device pixels; where steps are narrow, spikes in a row join.
 * @param {Sheet} sheet @param {Picture} picture
 */
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

/** A current over time, each value for its step, over a thin line at 0. @param {Sheet} sheet @param {Picture} picture */
function drawLine({ context, width, height, scale, palette }, { levels, zero }) {
  const margin = 2 * scale;
  /** @param {number} level */
  const y = (level) => height - margin - (level / 255) * (height - 2 * margin);
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
  levels.forEach((level, time) => {
    for (const edge of [time, time + 1]) context.lineTo((edge * width) / levels.length, y(level));
  });
  context.stroke();
}

/** ON as full pixels, OFF as dots; several pictures stand side by side. @param {Sheet} sheet @param {Picture} picture */
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
