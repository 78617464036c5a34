// The folding view beneath the ribbon: its words, its button, the wrong batch size, and the blocks. Knows nothing of layers.

import { button, element, setText } from "../lib/dom.js";
import { ARROWS } from "../lib/keys.js";
import { calm } from "../lib/motion.js";
import { clamp } from "../lib/numbers.js";
import { typedNumber } from "../lib/typed_number.js";
import { rem, unit } from "../lib/unit.js";
import { arrange } from "./arrangement.js";
import { drawBlocks } from "./blocks.js";
import { cutEvenly, describe, explain, regroup, thin, why } from "./folding.js";

/** @typedef {ReturnType<typeof createPanel>} Panel */

const HELD = 1600; // milliseconds that an end of a fold is looked at, its motion included

let panels = 0;

/** @param {HTMLElement} parent @param {() => void} onClose */
export function createPanel(parent, onClose) {
  const label = "How samples and time steps lie in this tensor";
  const root = element("div", "ribbon-panel", parent, { id: `ribbon-panel-${++panels}`, hidden: true, role: "group", ariaLabel: label });
  const reason = element("p", "ribbon-caption", root, { hidden: true });
  const caption = element("p", "ribbon-caption", root);
  const bar = element("div", "ribbon-bar", root);
  const fold = button(bar, "", () => showPanelByHand(panel, afterFold(panel)), { className: "ribbon-action" });
  const trying = element("label", "ribbon-try", bar, { textContent: "Try a wrong batch size" });
  const field = element("input", "ribbon-batch", trying, { type: "text", inputMode: "numeric", autocomplete: "off" });
  button(bar, "Close", onClose, { className: "ribbon-action ribbon-close" });
  const finding = element("p", "ribbon-finding", root, { role: "status" });
  const legend = element("p", "ribbon-legend", root, { textContent: "○ starts from zero · → goes on from the state before" });
  const place = element("div", "ribbon-blocks ribbon-still", root, { role: "img" });
  const resizes = new ResizeObserver(() => place.clientWidth / unit() !== panel.width && drawPanel(panel, false));
  const panel = {
    root,
    reason,
    caption,
    fold,
    field,
    finding,
    legend,
    place,
    resizes,
    nodes: /** @type {Map<string, HTMLElement>} */ (new Map()),
    batch: 1,
    steps: 1,
    keepsTime: false,
    folded: false,
    tried: 1, // the batch size that a layer is given
    isAsked: false, // whether someone typed it
    isRefused: false, // whether it doesn't divide the steps
    width: 0, // for which the blocks are arranged
    timer: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), // of the fold that is played
  };
  field.addEventListener("input", () => tryBatch(panel));
  field.addEventListener("keydown", (event) => stepBatch(panel, event));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  });
  resizes.observe(place);
  return panel;
}

/** @param {Panel} panel */
const afterFold = ({ isRefused, batch, folded }) => (isRefused ? { tried: batch, folded: false } : { folded: !folded });

/**
 * New numbers from Python; a batch size that was being tried stays where it still can.
 * @param {Panel} panel @param {{batch: number, steps: number, folded: boolean}} data
 */
export function updatePanel(panel, { batch, steps, folded }) {
  if (batch === panel.batch && steps === panel.steps && folded === !panel.keepsTime) return;
  const isKept = panel.tried !== panel.batch && panel.tried <= 2 * batch;
  Object.assign(panel, { batch, steps, keepsTime: !folded });
  panel.tried = isKept ? panel.tried : batch;
  panel.field.value = String(panel.tried);
  if (!panel.root.hidden) drawPanel(panel, false);
}

/** @param {Panel} panel */
function tryBatch(panel) {
  const tried = typedNumber(panel.field.value, true);
  const isPossible = tried >= 1 && tried <= 2 * panel.batch;
  panel.field.setAttribute("aria-invalid", String(!isPossible));
  if (isPossible) showPanelByHand(panel, { tried, folded: false, isAsked: true });
  else panel.finding.textContent = `batch_size is a whole number from 1 to ${2 * panel.batch} here, not “${panel.field.value.trim()}”.`;
}

/** Up and down lead to the next batch size. @param {Panel} panel @param {KeyboardEvent} event */
function stepBatch(panel, event) {
  const step = -(ARROWS[event.key]?.[1] ?? 0);
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  showPanelByHand(panel, { tried: clamp(panel.tried + step, 1, 2 * panel.batch), folded: false, isAsked: true });
}

/**
 * Shows a fold and its way back, or with `isFolded` false the way back alone, with the reason for it. It ends where its tensor is.
 * @param {Panel} panel @param {boolean} isFolded
 */
export function playFold(panel, isFolded) {
  panel.root.hidden = true; // so that the first end is there at once
  const ends = isFolded ? [false, true, false, true] : [true, false];
  const next = (/** @type {number} */ at) => {
    showPanel(panel, { folded: ends[at], tried: panel.batch, isAsked: false });
    panel.reason.hidden = false;
    if (at + 1 < ends.length) panel.timer = setTimeout(() => next(at + 1), at ? HELD : HELD / 2);
  };
  next(calm.matches ? ends.length - 1 : 0);
}

/** Ends the fold that is played where it is. @param {Panel} panel */
export function stopFold({ timer, reason }) {
  clearTimeout(timer);
  reason.hidden = true;
}

/** @param {Panel} panel @param {{folded?: boolean, tried?: number, isAsked?: boolean}} change */
function showPanelByHand(panel, change) {
  clearTimeout(panel.timer);
  showPanel(panel, change);
}

/** @param {Panel} panel @param {{folded?: boolean, tried?: number, isAsked?: boolean}} change */
export function showPanel(panel, change) {
  const moves = !panel.root.hidden;
  Object.assign(panel, change);
  if (typedNumber(panel.field.value, true) !== panel.tried) panel.field.value = String(panel.tried);
  panel.field.setAttribute("aria-invalid", "false");
  panel.root.hidden = false;
  drawPanel(panel, moves);
}

/** @param {Panel} panel @param {boolean} moves whether the blocks go to their places, or are there at once */
function drawPanel(panel, moves) {
  const { batch, steps, tried, folded } = panel;
  const width = panel.place.clientWidth / unit();
  if (!width) return;
  panel.width = width;
  const drawn = thin(batch, steps);
  const asTried = regroup(batch, steps, tried);
  panel.isRefused = !asTried;
  const isOneRow = folded || !asTried;
  const isMarked = tried !== batch && !isOneRow;
  const rows = isOneRow ? cutEvenly(batch, steps, 1) : asTried;
  panel.place.classList.toggle("ribbon-still", !moves);
  panel.place.style.minHeight = rem(arrange(cutEvenly(batch, steps, batch), drawn, width, false, true).height);
  drawBlocks(panel.place, panel.nodes, arrange(rows, drawn, width, isMarked, !isOneRow));
  panel.place.setAttribute("aria-label", describe(rows));
  setText(panel.reason, why(batch, steps));
  setText(panel.caption, captionOf(panel, isOneRow, drawn.note));
  setText(panel.finding, panel.isAsked ? explain(batch, steps, tried) : "");
  panel.legend.hidden = !isMarked;
  setText(panel.fold, isOneRow ? unfoldLabel(panel) : `Fold into B·T = ${batch * steps}`);
}

/** @param {Panel} panel */
const unfoldLabel = ({ batch, steps, tried, isRefused }) =>
  isRefused || tried === batch ? `Unfold into (B, T) = (${batch}, ${steps})` : `Unfold into (${tried}, ${(batch * steps) / tried})`;

/** @param {Panel} panel @param {boolean} isOneRow @param {string} note what is left out of the drawing */
function captionOf({ batch, steps, tried, keepsTime }, isOneRow, note) {
  const total = batch * steps;
  const sentences = [];
  if (keepsTime) sentences.push("This network keeps its time axis; a Conv2d, AvgPool2d or Flatten folds it like this.");
  if (isOneRow) sentences.push(`(${total}, …): samples in order, each one's steps in a row.`);
  else if (tried === batch) sentences.push(`(${batch}, ${steps}, …): one row per sample, its time steps from left to right.`);
  else {
    const shape = `(${tried}, ${total / tried}, …)`;
    sentences.push(`${shape}: what LIFSqueeze(batch_size=${tried}) takes for samples; colour and number tell the true one.`);
  }
  return sentences.join(" ") + (note && ` ${note[0].toUpperCase()}${note.slice(1)}.`);
}
