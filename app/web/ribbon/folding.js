// How the steps of B samples lie in a tensor, folded and unfolded, and what a spiking layer makes of a wrong batch size.
// Pure functions of numbers: no DOM. Samples, steps and rows are counted from 1.

/**
 * @typedef {{sample: number, first: number, last: number}} Run steps `first` to `last` of one sample, side by side
 * @typedef {Run[]} Row what a layer takes for one sample, in the order in which it sees it
 */

const [MOST_SAMPLES, MOST_STEPS] = [12, 40];

/**
 * The folded steps of all samples, cut into rows of equal length: `batch` rows are the samples themselves, one row is the folded axis,
 * any other number is what `LIFSqueeze(batch_size=rows)` sees.
 * @param {number} batch samples, ≥ 1
 * @param {number} steps time steps of each, ≥ 1
 * @param {number} rows
 * @returns {Row[] | null} null where the rows would not be of equal length
 */
export function regroup(batch, steps, rows) {
  const isPossible = Number.isInteger(rows) && rows >= 1 && (batch * steps) % rows === 0;
  return isPossible ? cutEvenly(batch, steps, rows) : null;
}

/**
 * As `regroup`, for a number of rows that divides the steps of all samples.
 * @param {number} batch @param {number} steps @param {number} rows
 * @returns {Row[]}
 */
export function cutEvenly(batch, steps, rows) {
  const length = (batch * steps) / rows;
  return Array.from({ length: rows }, (_, row) => {
    /** @type {Row} */
    const runs = [];
    const end = (row + 1) * length;
    for (let at = row * length; at < end; ) {
      const before = Math.floor(at / steps) * steps;
      const next = Math.min(before + steps, end);
      runs.push({ sample: before / steps + 1, first: at - before + 1, last: next - before });
      at = next;
    }
    return runs;
  });
}

/**
 * What goes wrong in such rows.
 * @param {Row[]} rows
 * @returns {{carried: {row: number, from: Run, to: Run}[], cut: {row: number, run: Run, alone: boolean}[]}}
 *   carried: samples that start from what the sample before them left; cut: pieces of a sample that start from zero
 */
export function mixUps(rows) {
  const carried = rows.flatMap((runs, row) => runs.slice(1).map((to, index) => ({ row: row + 1, from: runs[index], to })));
  const cut = rows.map((runs, row) => ({ row: row + 1, run: runs[0], alone: runs.length === 1 })).filter(({ run }) => run.first > 1);
  return { carried, cut };
}

/** Why time is folded into the batch, in one sentence. @param {number} batch @param {number} steps @returns {string} */
export const why = (batch, steps) =>
  `Conv2d, AvgPool2d and Flatten know no time: squeeze folds (${batch}, ${steps}, …) into (${batch * steps}, …), so that each step is a ` +
  "picture of its own, and unsqueeze gives time its axis back.";

/**
 * What a squeeze layer with `batch_size=tried` does to the samples, in words.
 * @param {number} batch
 * @param {number} steps
 * @param {number} tried
 * @returns {string}
 */
export function explain(batch, steps, tried) {
  const rows = regroup(batch, steps, tried);
  const total = batch * steps;
  if (!rows) return `LIFSqueeze refuses batch_size ${tried}: ${total} ${total === 1 ? "row is" : "rows are"} not divisible by ${tried}.`;
  if (tried === batch) return `With batch_size ${tried}, each row is one sample and starts from zero: this is right.`;
  const { carried, cut } = mixUps(rows);
  const sentences = [];
  if (carried.length) {
    const { row, from, to } = carried[0];
    sentences.push(
      `row ${row} runs through sample ${from.sample} and then sample ${to.sample}: sample ${to.sample} starts from the membrane ` +
        `potentials that sample ${from.sample} left at its step ${from.last}.`,
    );
  }
  if (cut.length) {
    const { row, run, alone } = cut[0];
    const [which, start] = run.first === run.last ? [`step ${run.first}`, "starts"] : [`steps ${run.first}–${run.last}`, "start"];
    const as = alone ? `as ${start === "starts" ? "a sample of its own" : "a sample of their own"}` : `at the head of row ${row}`;
    sentences.push(`sample ${run.sample} is cut: its ${which} ${start} from zero, ${as}.`);
  }
  sentences[0] = `With batch_size ${tried}, ${sentences[0]}`;
  const parts = [];
  if (carried.length) parts.push(`${carried.length} ${carried.length === 1 ? "starts" : "start"} from another's potentials`);
  const cutSamples = new Set(cut.map(({ run }) => run.sample)).size;
  if (cutSamples) parts.push(`${cutSamples} ${cutSamples === 1 ? "is" : "are"} cut`);
  const count = batch > 1 ? `Of ${batch} samples, ${parts.join(" and ")}. ` : "";
  return `${sentences.map(capitalised).join(" ")} ${count}No error says so: the shapes fit.`;
}

/** @param {string} sentence */
const capitalised = (sentence) => sentence[0].toUpperCase() + sentence.slice(1);

/** Rows in words, the text alternative of the drawing. @param {Row[]} rows */
export function describe(rows) {
  /** @param {Run} run */
  const steps = ({ first, last }) => (first === last ? `step ${first}` : `steps ${first}–${last}`);
  const told = rows.slice(0, MOST_SAMPLES).map((runs, row) => {
    const shown = runs.slice(0, MOST_SAMPLES).map((run) => `sample ${run.sample}, ${steps(run)}`);
    return `Row ${row + 1}: ${shown.join("; then ")}${runs.length > shown.length ? "; and so on" : ""}.`;
  });
  return told.join(" ") + (rows.length > told.length ? ` And so on, ${rows.length} rows.` : "");
}

/** @typedef {ReturnType<typeof thin>} Drawn */

/**
 * Which samples and steps are drawn: the first samples, steps spread evenly from the first to the last.
 * @param {number} batch
 * @param {number} steps
 * @returns {{samples: number, steps: number[], note: string}} note: what is left out, in words; empty where nothing is
 */
export function thin(batch, steps) {
  const samples = Math.min(batch, MOST_SAMPLES);
  const drawn = Math.min(steps, MOST_STEPS);
  const chosen = Array.from({ length: drawn }, (_, index) => 1 + Math.round((index * (steps - 1)) / Math.max(drawn - 1, 1)));
  const parts = [];
  if (samples < batch) parts.push(`${samples} of ${batch} samples`);
  if (drawn < steps) parts.push(`${drawn} of ${steps} steps`);
  return { samples, steps: chosen, note: parts.length ? `drawn: ${parts.join(", ")}` : "" };
}
