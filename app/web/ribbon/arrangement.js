// Where each block of the folding view stands. Pure functions of numbers: no DOM.

import { clamp } from "../lib/numbers.js";

const [LABEL, HEAD, LINE] = [40, 18, 18]; // units: row labels, a run's first block, from line to line
const [GAP, MARK, ROW_GAP] = [4, 16, 5]; // between runs; room for a mark; more between rows that take several lines
const [NARROWEST, WIDEST] = [4, 12]; // a block and the gap after it

/**
 * @typedef {import("./folding.js").Run} Run
 * @typedef {Run & {drawn: number[]}} DrawnRun with those of its steps that are drawn
 * @typedef {{sample: number, step: number, x: number, y: number, width: number, isHead: boolean}} Block
 * @typedef {{text: string, kind: string, title: string, x: number, y: number}} Mark
 * @typedef {{blocks: Block[], marks: Mark[], height: number}} Arrangement
 */

/**
 * Lays rows out in lines of `width` units.
 * @param {import("./folding.js").Row[]} rows
 * @param {{samples: number, steps: number[]}} drawn
 * @param {number} width
 * @param {boolean} isMarked whether to mark where a state starts from zero and where it is carried over
 * @param {boolean} isLabelled whether to number the rows
 * @returns {Arrangement}
 */
export function arrange(rows, drawn, width, isMarked, isLabelled) {
  /** @param {Run} run */
  const within = (run) => ({ ...run, drawn: drawn.steps.filter((step) => step >= run.first && step <= run.last) });
  const shown = rows.map((runs) => runs.filter(({ sample }) => sample <= drawn.samples).map(within)).filter((runs) => runs.length);
  const left = LABEL + (isMarked ? MARK : 0);
  const between = isMarked ? MARK : GAP;
  const cell = Math.min(...shown.map((runs) => cellWidth(runs, width - left, between)));
  const widest = Math.max(...shown.map((runs) => fixedWidth(runs, between) + thinBlocks(runs) * cell));
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Mark[]} */
  const marks = [];
  let y = 0;
  shown.forEach((runs, row) => {
    const top = y;
    const isWhole = runs.length === rows[row].length;
    // Rows are of one length, however many heads and gaps they have.
    const pitch = isWhole && left + widest <= width ? (widest - fixedWidth(runs, between)) / Math.max(thinBlocks(runs), 1) : cell;
    let x = left;
    const wrap = () => {
      [x, y] = [left, y + LINE];
      marks.push({ text: "↳", kind: "label", title: "the row goes on", x: 0, y });
    };
    if (isLabelled) marks.push({ text: `row ${row + 1}`, kind: "label", title: "", x: 0, y });
    runs.forEach((run, index) => {
      if (index && x + between + HEAD > width) wrap();
      else if (index) x += between;
      if (isMarked) marks.push(stateMark(run, index, x - MARK, y));
      run.drawn.forEach((step, place) => {
        const size = place ? pitch : HEAD;
        if (x + size > width + 0.5) wrap();
        blocks.push({ sample: run.sample, step, x: Math.round(x), y, width: Math.round(x + size) - Math.round(x) - 1, isHead: !place });
        x += size;
      });
    });
    if (!isWhole && x + MARK > width) wrap();
    if (!isWhole) marks.push({ text: "…", kind: "label", title: "more samples", x: x + GAP, y });
    y += LINE + (y > top ? ROW_GAP : 0);
  });
  return { blocks, marks, height: y };
}

/** @param {DrawnRun[]} runs @param {number} between */
const fixedWidth = (runs, between) => runs.length * HEAD + (runs.length - 1) * between;

/** @param {DrawnRun[]} runs */
const thinBlocks = (runs) => runs.reduce((sum, run) => sum + run.drawn.length - 1, 0);

/**
 * The widest cell with which a row stays in one line; the narrowest where none does.
 * @param {DrawnRun[]} runs @param {number} width @param {number} between
 */
function cellWidth(runs, width, between) {
  const fitting = Math.floor((width - fixedWidth(runs, between)) / Math.max(thinBlocks(runs), 1));
  return clamp(fitting, NARROWEST, WIDEST);
}

/** @param {Run} run @param {number} index its place in the row @param {number} x @param {number} y @returns {Mark} */
function stateMark(run, index, x, y) {
  if (index) return { text: "→", kind: "carried", title: `sample ${run.sample} goes on from the state before it`, x, y };
  const kind = run.first > 1 ? "cut" : "zero";
  return { text: "○", kind, title: `step ${run.first} of sample ${run.sample} starts from zero`, x, y };
}
