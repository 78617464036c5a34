// One stage's place in the line: an arrow, its chip, an arrow, its shape. Squeeze and unsqueeze, which are no layers, show what they do.

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
 * @param {() => void} acts.play shows how they are folded or unfolded, or hides it
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
  const [className, act] = isChip ? ["ribbon-chip", place.acts.select] : ["ribbon-fold", place.acts.play];
  place.chip = fitting(place, place.chip, className, true, act);
  place.shape = fitting(place, place.shape, "ribbon-shape", stage.shape !== null, place.acts.open);
  if (stage.shape !== null) {
    place.shape.title = "Show how samples and time steps lie in this tensor";
    place.shape.setAttribute("aria-controls", place.opened);
  }
  setText(place.chip, stage.problem ? `! ${stage.name}` : stage.name);
  place.chip.classList.toggle("ribbon-misfit", Boolean(stage.problem));
  setText(place.shape, stage.shape ?? "?");
  if (!isChip) {
    place.chip.title = stage.folded ? "Show how time is folded into the batch" : "Show how time gets an axis of its own again";
    place.chip.setAttribute("aria-controls", place.opened);
    return;
  }
  standFor(place.chip, stage.layer === null ? "input" : String(stage.layer));
  const output = stage.shape === null ? "unknown" : stage.shape;
  const after = stage.layer === null ? `shape ${output}` : `output ${output}`;
  place.chip.setAttribute("aria-label", `${stage.name}, ${after}${stage.problem ? ", has a problem" : ""}`);
  place.chip.setAttribute("aria-pressed", String(stage.layer === selected));
}

/** @param {Place} place @param {boolean} isOpened by its shape @param {boolean} isPlayed by its name */
export function markPlace({ chip, shape }, isOpened, isPlayed) {
  if (shape instanceof HTMLButtonElement) shape.setAttribute("aria-expanded", String(isOpened));
  if (chip?.classList.contains("ribbon-fold")) chip.setAttribute("aria-expanded", String(isPlayed));
}

/**
 * The node that was there, if it is of that class and a button where one is wanted; else a new one in its stead, or at the end after an
 * arrow.
 * @param {Place} place @param {HTMLElement | null} old @param {string} className @param {boolean} isButton @param {() => void} onclick
 */
function fitting({ root, isFirst }, old, className, isButton, onclick) {
  if (old?.classList.contains(className) && old instanceof HTMLButtonElement === isButton) return old;
  const node = isButton ? button(null, "", onclick, { className, tabIndex: -1 }) : element("span", className);
  if (old) old.replaceWith(node);
  else if (isFirst && !root.childElementCount) root.append(node);
  else root.append(element("span", "ribbon-arrow", null, { textContent: "→", ariaHidden: "true" }), node);
  return node;
}
