// Draws the pad with its strokes, the image that the network gets, and what it reads for each class.

import { bytesOf } from "../lib/base64.js";
import { clearedPixels } from "../lib/dom.js";
import { unit } from "../lib/unit.js";
import { SIDE } from "./ink.js";

/** @typedef {import("./drawing_pad.js").View} View */
/** @typedef {import("./drawing_pad.js").Data} Data */

const LINE = 4 / SIDE; // of the pad's side, which a stroke is thick
const BLOCKS = 8; // of the image along each side
const WHITE = 16; // the largest value of a block
const GAP = 4; // units between a bar and its name
const NAMED = 14; // units for a class's name

/** A canvas wiped clean, with its device pixels per unit. @param {HTMLCanvasElement} canvas */
function fresh(canvas) {
  const sheet = clearedPixels(canvas);
  return { ...sheet, scale: sheet.scale * unit() };
}

/** @param {View} view */
export function drawSheet({ sheet, strokes, base, pen, data }) {
  const { context, width, scale } = fresh(sheet);
  const { text, muted } = data.palette;
  Object.assign(context, { fillStyle: text, strokeStyle: text, lineWidth: LINE * width, lineCap: "round", lineJoin: "round" });
  const cell = width / SIDE;
  for (const [at, isInk] of base?.entries() ?? []) {
    if (isInk) context.fillRect((at % SIDE) * cell, Math.floor(at / SIDE) * cell, cell + 0.5, cell + 0.5);
  }
  for (const stroke of strokes) {
    const [[left, top]] = stroke;
    context.beginPath();
    context.moveTo(left * width, top * width);
    for (const [x, y] of stroke) context.lineTo(x * width, y * width);
    context.stroke();
    context.beginPath(); // a stroke without length would leave no mark
    context.arc(left * width, top * width, (LINE * width) / 2, 0, 2 * Math.PI);
    context.fill();
  }
  if (!pen.isShown) return;
  context.beginPath();
  context.arc(pen.x * width, pen.y * width, (LINE * width) / 2 + 2 * scale, 0, 2 * Math.PI);
  Object.assign(context, { strokeStyle: pen.isDown ? text : muted, lineWidth: 1.5 * scale });
  context.stroke();
}

/** @param {HTMLCanvasElement} canvas @param {Data} data */
export function drawImage(canvas, { image, palette }) {
  const { context, width, scale } = fresh(canvas);
  const cell = width / BLOCKS;
  bytesOf(image).forEach((value, at) => {
    context.globalAlpha = value / WHITE;
    context.fillStyle = palette.text;
    const inset = scale / 2;
    context.fillRect((at % BLOCKS) * cell + inset, Math.floor(at / BLOCKS) * cell + inset, cell - 2 * inset, cell - 2 * inset);
  });
}

/** Bars from the least readout to the largest, whose name is bold. @param {HTMLCanvasElement} canvas @param {Data} data */
export function drawReadouts(canvas, { readouts, names, answer, palette }) {
  const { context, width, height, scale } = fresh(canvas);
  const row = height / Math.max(names.length, 1);
  const left = (NAMED + GAP) * scale;
  const [least, most] = [Math.min(...readouts, 0), Math.max(...readouts, 0)];
  const zero = left + ((width - left) * -least) / (most - least || 1);
  const family = getComputedStyle(canvas).fontFamily;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const [place, name] of names.entries()) {
    const isAnswer = place === answer;
    const middle = (place + 0.5) * row;
    context.font = `${isAnswer ? "bold " : ""}${Math.min(12 * scale, row)}px ${family}`;
    context.fillStyle = isAnswer ? palette.text : palette.muted;
    context.fillText(name, NAMED * scale, middle);
    if (!readouts.length) continue;
    const end = left + ((width - left) * (readouts[place] - least)) / (most - least || 1);
    context.fillStyle = isAnswer ? palette.output : palette.muted;
    context.fillRect(Math.min(zero, end), middle - 0.3 * row, Math.max(Math.abs(end - zero), scale), 0.6 * row);
  }
}
