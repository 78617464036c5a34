// A number in a field and on a slider, with a box where it can be switched off.

import { element, setText } from "../lib/dom.js";
import { inDigits, written } from "../lib/numbers.js";
import { typedNumber } from "../lib/typed_number.js";
import { spokenOf } from "./choices.js";

/** @typedef {import("./rows.js").Host} Host */
/** @typedef {import("../wire.js").NumberControl} NumberControl */

const PER_DECADE = 20; // places of a slider that moves by factors
const SEVERAL = /[^\s;,][\s;]*[;\s][\s;]*[^\s;,]|,\s+\S/; // more than one number
const SPREAD = /±|\+\/?[-\u2212]/; // between a mean and a standard deviation

/** @param {Host} host @param {NumberControl} first @param {HTMLElement} root @returns {import("./choices.js").Widgets} */
export function createNumber(host, first, root) {
  const { path, unit } = first;
  const spoken = spokenOf(first);
  const box = first.whenOn === undefined ? null : element("input", "", root, { ...spoken, type: "checkbox" });
  const number = element("input", "control-field", root, {
    ...spoken,
    inputMode: first.isList ? "text" : "decimal",
    autocomplete: "off",
  });
  element("span", "control-unit", root, { textContent: unit });
  const range = element("input", "", root, { ...spoken, type: "range" });
  const became = element("span", "control-became", root);
  const wrong = element("span", "control-wrong", root, { role: "alert" });

  let row = first; // as Python said last
  /** @type {unknown} the value that is written; undefined where it has to be written again */
  let shown;
  /** @type {NumberControl | undefined} */
  let limits;
  let isTyping = false;
  let isByKey = false; // a key that is held changes it many times

  const edit = (/** @type {unknown} */ value) => host.act({ do: "edit", changes: { [path]: value } });
  if (box) box.onchange = () => edit(box.checked ? (row.whenOn ?? null) : null);
  number.oninput = () => {
    isTyping = true;
  };
  number.onchange = takeNumber;
  number.onblur = () => {
    isTyping = false;
  };
  number.onkeydown = (event) => {
    if (event.key !== "Escape" || !isTyping) return;
    event.preventDefault(); // it takes back what was typed and closes nothing
    rewrite();
    number.select();
  };
  range.oninput = () => host.change({ [path]: fromPlace(row, Number(range.value)) });
  range.onchange = () => {
    if (!isByKey) host.commit();
  };
  range.onkeydown = () => {
    isByKey = true;
  };
  range.onkeyup = range.onblur = () => {
    isByKey = false;
    host.commit();
  };

  function takeNumber() {
    const typed = number.value.trim();
    const value = typedNumber(typed, row.isWhole);
    isTyping = false;
    shown = undefined;
    if (row.isList && (SEVERAL.test(typed) || SPREAD.test(typed))) return edit(typed);
    if (isWithin(row, value)) return edit(value);
    const present = host.valueAt(path);
    const stays = present == null ? "off" : typeof present === "number" ? inDigits(present) : "as it is";
    setText(wrong, `${row.label} needs ${row.needs}, not “${typed}”; it stays ${stays}.`);
    number.setAttribute("aria-invalid", "true");
    write();
  }

  function rewrite() {
    isTyping = false;
    shown = undefined;
    write();
  }

  /** Writes what is in force into the widgets, but for the number that is being typed. */
  function write() {
    const value = host.valueAt(path) ?? null;
    if (limits !== row && !host.isDragging()) {
      limits = row; // a thumb that is held stays where its value is
      const [low, high] = [toPlace(row, row.low ?? 0), toPlace(row, row.high ?? 0)];
      Object.assign(range, { min: low, max: high, step: row.isLog ? 1 : (row.step ?? 1) });
      const isAlone = row.low === undefined;
      root.classList.toggle("control-alone", isAlone);
      if (isAlone) range.remove();
      else if (!range.isConnected) became.before(range);
      shown = undefined;
    }
    if (shown === value) return;
    shown = value;
    if (box) box.checked = value !== null;
    root.classList.toggle("control-off", box !== null && value === null);
    const text = typeof value === "number" ? written(value) : String(value ?? "");
    // The thumb stands on whole steps, the value needn't.
    if (typeof value === "number") Object.assign(range, { value: toPlace(row, value), ariaValueText: text });
    if (isTyping) shown = undefined;
    else number.value = text;
  }

  return {
    fill(next) {
      if (next.widget === "number") row = next;
      setText(became, row.became ?? "");
      write();
    },
    forget() {
      shown = undefined;
    },
    forgive() {
      setText(wrong, "");
      number.removeAttribute("aria-invalid");
    },
  };
}

/** Whether a number may be typed; NaN may not. @param {NumberControl} row @param {number} value */
const isWithin = ({ least, most, above }, value) =>
  value >= (least ?? -Infinity) && value <= (most ?? Infinity) && (above === undefined || value > above);

/** The place of a value on the slider. @param {NumberControl} row @param {number} value */
const toPlace = ({ isLog }, value) => (isLog ? PER_DECADE * Math.log10(value) : value);

/** The value at a place of the slider. @param {NumberControl} row @param {number} place */
function fromPlace({ isLog }, place) {
  return isLog ? Number((10 ** (place / PER_DECADE)).toPrecision(2)) : place;
}
