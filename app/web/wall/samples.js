// Draws the samples of a wall: each with what it is taken for, mistakes framed.

import { perRow } from "./atlas.js";

/** @typedef {import("./wall.js").View} View */

const GAP = 1; // units around a sample
const SMALL = 0.42; // of a cell's side, for what an image is taken for
const WORD = 0.4; // of a cell's side, for the name of a sample that is no image

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} scale device pixels per unit
 * @param {View} view
 */
export function drawSamples(context, scale, view) {
  const { order, grid, data, atlas, at } = view;
  const { palette, picked, names } = data.header;
  const [labels, answers] = data.arrays;
  const side = grid.size * scale;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  for (const [place, number] of order.entries()) {
    const [left, top] = [(place % grid.columns) * side, Math.floor(place / grid.columns) * side];
    const isMistake = labels[number] !== answers[number];
    context.save();
    context.translate(left + GAP * scale, top + GAP * scale);
    const inner = side - 2 * GAP * scale;
    if (atlas && data.header.size) drawImage(context, atlas, number, labels.length, data.header.size, inner, isMistake);
    else name(context, isMistake ? `${names[labels[number]]}→${names[answers[number]]}` : names[labels[number]], inner, isMistake, palette);
    if (isMistake) frame(context, palette.threshold, inner, 1.5 * scale);
    if (isMistake && atlas) corner(context, names[answers[number]], inner, palette);
    if (number === picked) frame(context, palette.membrane, inner, 2.5 * scale);
    else if (place === at) frame(context, palette.text, inner, 1.5 * scale);
    context.restore();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} atlas
 * @param {number} number
 * @param {number} count
 * @param {[number, number]} size
 * @param {number} side
 * @param {boolean} isMistake
 */
function drawImage(context, atlas, number, count, [height, width], side, isMistake) {
  const columns = perRow(count);
  context.globalAlpha = isMistake ? 1 : 0.7;
  const from = [(number % columns) * width, Math.floor(number / columns) * height];
  context.drawImage(atlas, from[0], from[1], width, height, 0, 0, side, side);
  context.globalAlpha = 1;
}

/**
 * What a sample that is no image is, in words.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} side
 * @param {boolean} isMistake
 * @param {import("../wire.js").Palette} palette
 */
function name(context, text, side, isMistake, palette) {
  context.fillStyle = isMistake ? palette.text : palette.muted;
  context.font = `${Math.round(side * Math.min(WORD, 1.5 / text.length))}px "Source Sans", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, side / 2, side / 2, side);
}

/**
 * What an image is taken for, in its lower right corner.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} side
 * @param {import("../wire.js").Palette} palette
 */
function corner(context, text, side, palette) {
  const height = side * SMALL;
  context.font = `600 ${Math.round(height)}px "Source Sans", sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "alphabetic";
  const width = Math.min(context.measureText(text).width + height / 3, side);
  context.fillStyle = palette.background;
  context.fillRect(side - width, side - height * 1.05, width, height * 1.05);
  context.fillStyle = palette.threshold;
  context.fillText(text, side - height / 6, side - height * 0.15, side);
}

/** @param {CanvasRenderingContext2D} context @param {string} color @param {number} side @param {number} width */
function frame(context, color, side, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.strokeRect(width / 2, width / 2, side - width, side - width);
}
