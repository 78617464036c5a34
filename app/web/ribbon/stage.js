// One stage's place in the line: an arrow, its chip, an arrow, its shape. A stage that is no layer has words where others have a chip.

import { button, element, setText } from "../lib/dom.js";
import { standFor } from "../lib/pointed.js";

/**
 * @typedef {import("../wire.js").Stage} Stage
 * @typedef {ReturnType<typeof createPlace>} Place
 */

/**
 * @param {HTMLElement} line
 * @param {object} acts
 * @param {() => void} acts.select
 * @param {() => void} acts.open shows or hides how samples and steps lie
 * @param {string} opened id of what `open` shows
 */
export function createPlace(line, acts, opened) {
  const root = element("span", "ribbon-stage", line);
  return {
    root,
    isFirst: line.firstElementChild === root,
    acts,
    opened,
    chip: /** @type {HTMLElement | null} */ (null),
    shape: /** @type {HTMLElement | null} */ (null),
  };
}

/** @param {Place} place @param {Stage} stage @param {number | null} selected */
export function updatePlace(place, stage, selected) {
  const isChip = place.isFirst || stage.layer !== null;
  place.chip = fitting(place, place.chip, isChip, isChip ? "ribbon-chip" : "ribbon-fold", place.acts.select);
  place.shape = fitting(place, place.shape, stage.shape !== null, "ribbon-shape", place.acts.open);
  if (stage.shape !== null) {
    place.shape.title = "Show how samples and time steps lie in this tensor";
    place.shape.setAttribute("aria-controls", place.opened);
  }
  setText(place.chip, stage.problem ? `! ${stage.name}` : stage.name);
  place.chip.classList.toggle("ribbon-misfit", Boolean(stage.problem));
  setText(place.shape, stage.shape ?? "?");
  if (!isChip) return;
  standFor(place.chip, stage.layer === null ? "input" : String(stage.layer));
  const output = stage.shape === null ? "unknown" : stage.shape;
  const after = stage.layer === null ? `shape ${output}` : `output ${output}`;
  place.chip.setAttribute("aria-label", `${stage.name}, ${after}${stage.problem ? ", has a problem" : ""}`);
  place.chip.setAttribute("aria-pressed", String(stage.layer === selected));
}

/** @param {Place} place @param {boolean} isOpened */
export function markPlace({ shape }, isOpened) {
  if (shape instanceof HTMLButtonElement) shape.setAttribute("aria-expanded", String(isOpened));
}

/**
 * The node that was there, if it is a button where one is wanted; else a new one in its stead, or at the end after an arrow.
 * @param {Place} place @param {HTMLElement | null} old @param {boolean} isButton @param {string} className @param {() => void} onclick
 */
function fitting({ root, isFirst }, old, isButton, className, onclick) {
  if (old && old instanceof HTMLButtonElement === isButton) return old;
  const node = isButton ? button(null, "", onclick, { className, tabIndex: -1 }) : element("span", className);
  if (old) old.replaceWith(node);
  else if (isFirst && !root.childElementCount) root.append(node);
  else root.append(element("span", "ribbon-arrow", null, { textContent: "→", ariaHidden: "true" }), node);
  return node;
}
