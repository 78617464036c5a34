// A number on a slider and in a field, with a box where it can be switched off.

import { element, setText } from "../lib/dom.js";
import { inDigits } from "../lib/numbers.js";
import { typedNumber } from "../lib/typed_number.js";
import { spokenOf } from "./choices.js";
import { act, change, commit } from "./in_force.js";
import { valueAt } from "./settings.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("../wire.js").SliderControl} SliderControl */

/** @param {View} view @param {SliderControl} first @param {HTMLElement} root @returns {import("./choices.js").Widgets} */
export function createSlider(view, first, root) {
  const { path, unit, step } = first;
  const spoken = spokenOf(first);
  const box = first.whenOn === undefined ? null : element("input", "", root, { ...spoken, type: "checkbox" });
  const numberLabel = `${spoken.ariaLabel} as a number`;
  const number = element("input", "neuron-number", root, { ...spoken, inputMode: "decimal", ariaLabel: numberLabel });
  element("span", "neuron-unit", root, { textContent: unit });
  const range = element("input", "", root, { ...spoken, type: "range", step: String(step) });
  const wrong = element("span", "neuron-wrong", root, { role: "alert" });

  let row = first; // as Python said last
  /** @type {number | null | undefined} the value that is written; undefined where it has to be written again */
  let shown;
  /** @type {SliderControl | undefined} */
  let limits;
  let isByKey = false; // a key that is held changes it many times

  const edit = (/** @type {number | null} */ value) => act(view, { do: "edit", changes: { [path]: value } });
  if (box) box.onchange = () => edit(box.checked ? (row.whenOn ?? null) : null);
  number.onchange = takeNumber;
  range.oninput = () => change(view, { [path]: Number(range.value) });
  range.onchange = () => {
    if (!isByKey) commit(view);
  };
  range.onkeydown = () => {
    isByKey = true;
  };
  range.onkeyup = range.onblur = () => {
    isByKey = false;
    commit(view);
  };

  function valueInForce() {
    const value = valueAt(view.settings, path);
    return typeof value === "number" ? value : null;
  }

  function takeNumber() {
    for (const control of view.controls.values()) control.forgive();
    const typed = number.value.trim();
    const value = typedNumber(typed, row.isWhole);
    shown = undefined;
    if (value >= row.least && value <= row.most) return edit(value);
    const present = valueInForce();
    setText(wrong, `${row.label} needs ${row.needs}, not “${typed}”; it stays ${present === null ? "off" : inDigits(present)}.`);
    write();
  }

  /** Writes what is in force into the widgets, but for the number that is being typed. */
  function write() {
    const value = valueInForce();
    if (limits !== row && !view.isDragging) {
      limits = row; // a thumb that is held stays where its value is
      Object.assign(range, { min: row.low, max: row.high });
      shown = undefined;
    }
    if (shown === value) return;
    shown = value;
    if (box) box.checked = value !== null;
    root.classList.toggle("neuron-off", value === null);
    const text = value === null ? "" : String(Number(value.toPrecision(6)));
    // The thumb stands on whole steps, the value needn't.
    Object.assign(range, { value, ariaValueText: text });
    if (number.matches(":focus") && view.isDragging) shown = undefined;
    else number.value = text;
  }

  return {
    fill(next) {
      if (next.widget === "slider") row = next;
      write();
    },
    forget() {
      shown = undefined;
    },
    forgive() {
      setText(wrong, "");
    },
  };
}
