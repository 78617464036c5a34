// Rows of native widgets. Which there are, their words, ranges and choices come from Python with each of its answers; what they are set to is
// what is in force at their host, the view that they belong to.

import { element, placeChildren } from "../lib/dom.js";
import { createChoice, createRadios, createSwitch } from "./choices.js";
import { createNumber } from "./number.js";
import { createText } from "./text.js";
import { createTooltip } from "./tooltip.js";

/** @typedef {import("../wire.js").Controls["rows"][number]} Row */
/** @typedef {import("../wire.js").EditAct | import("../wire.js").LookAct} RowAct */

/**
 * The view that rows belong to: it knows what they are set to.
 * @typedef {object} Host
 * @property {HTMLElement} nodes takes the rows
 * @property {Map<string, Control>} controls by label and path
 * @property {(path: string) => unknown} valueAt what is in force
 * @property {(act: RowAct) => void} act puts it in force, and tells Python
 * @property {(changes: Record<string, unknown>) => void} change puts values in force that are told with the next `commit`
 * @property {() => void} commit
 * @property {() => boolean} isDragging whether there are such values
 * @property {(() => void) | null} finishTrying ends the slide to a value that is tried, at once
 */

/**
 * One widget or two under a name.
 * @typedef {object} Control
 * @property {Row} row what Python said of it last
 * @property {HTMLElement} root
 * @property {HTMLElement} title its name, a button where there is more to say
 * @property {import("./tooltip.js").Tooltip} tooltip
 * @property {(row: Row) => void} fill writes what is in force into its widgets
 * @property {() => void} forget has `fill` write what it wrote last again
 * @property {() => void} forgive takes back what was said of a number that was refused
 */

let count = 0; // of rows on the page so far

/** @param {HTMLElement} nodes @param {Omit<Host, "nodes" | "controls" | "finishTrying">} values @returns {Host} */
export function createHost(nodes, values) {
  /** @type {Map<string, Control>} */
  const controls = new Map();
  const forgive = () => {
    for (const control of controls.values()) control.forgive();
    if (!nodes.isConnected) document.removeEventListener("change", forgive, true);
  };
  document.addEventListener("change", forgive, true); // anywhere: one complaint at a time
  return { nodes, controls, finishTrying: null, ...values };
}

/** @param {Host} host @param {readonly Row[]} rows */
export function fillControls(host, rows) {
  const { controls, nodes } = host;
  const found = rows.map((row) => {
    const key = `${row.widget} ${row.label} ${row.path}`;
    const control = controls.get(key) ?? createControl(host, row);
    controls.set(key, control);
    control.row = row;
    control.tooltip.fill(row);
    control.fill(row);
    return control;
  });
  for (const [key, control] of controls) if (!found.includes(control)) controls.delete(key);
  placeChildren(
    nodes,
    found.map(({ root }) => root),
  );
}

/**
 * The newest of several changes that has a value for a path; nothing if none has.
 * @param {string} path
 * @param {readonly Record<string, unknown>[]} changes the newest last
 */
export const newestOf = (path, changes) => changes.findLast((each) => path in each);

/** Has every widget show what is in force, since it may show what was refused. @param {Host} host */
export function resetControls(host) {
  for (const control of host.controls.values()) control.forget();
}

/** @param {Host} host @param {Row} row @returns {Control} */
function createControl(host, row) {
  const root = element("div", `control control-${row.widget}`);
  const title = element(row.note ? "button" : "span", "control-title", root, { textContent: `${row.label} ` });
  element("i", "", title, { textContent: row.symbol });
  const id = `control-note-${count++}`;
  const widgets = createWidgets(host, row, root);
  for (const widget of root.querySelectorAll("input, select")) widget.setAttribute("aria-describedby", id);
  const control = { row, root, title, ...widgets };
  return Object.assign(control, { tooltip: createTooltip(host, control, id) });
}

/** @param {Host} host @param {Row} row @param {HTMLElement} root takes the widgets */
function createWidgets(host, row, root) {
  switch (row.widget) {
    case "number":
      return createNumber(host, row, root);
    case "switch":
      return createSwitch(host, row, root);
    case "choice":
      return createChoice(host, row, root);
    case "radios":
      return createRadios(host, row, root);
    case "text":
      return createText(host, row, root);
  }
}
