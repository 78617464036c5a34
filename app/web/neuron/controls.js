// The panel of native widgets. Which there are, their words, ranges and choices come from Python with each of its answers; what they are set
// to is what is in force here.

import { element } from "../lib/dom.js";
import { createChoice, createRadios, createSwitch } from "./choices.js";
import { explain } from "./explanation.js";
import { createSlider } from "./slider.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("../wire.js").NeuronData["rows"][number]} Row */

/**
 * One widget or two under a name.
 * @typedef {object} Control
 * @property {Row} row what Python said of it last
 * @property {HTMLElement} root
 * @property {HTMLElement} title its name, a button where there is more to say
 * @property {(row: Row) => void} fill writes what is in force into its widgets
 * @property {() => void} forget has `fill` write what it wrote last again
 * @property {() => void} forgive takes back what was said of a number that was refused
 */

/** @param {View} view */
export function fillControls(view) {
  const { controls, header, nodes } = view;
  const keys = header.rows.map((row, place) => {
    const key = `${row.label} ${row.path}`;
    const control = controls.get(key) ?? createControl(view, row);
    controls.set(key, control);
    control.row = row;
    if (nodes.controls.children[place] !== control.root) nodes.controls.insertBefore(control.root, nodes.controls.children[place]);
    control.fill(row);
    return key;
  });
  for (const [key, { root }] of controls) {
    if (keys.includes(key)) continue;
    root.remove();
    controls.delete(key);
  }
}

/** Has every widget show what is in force, since it may show what was refused. @param {View} view */
export function resetControls(view) {
  for (const control of view.controls.values()) {
    control.forget();
    control.forgive();
  }
}

/** @param {View} view @param {Row} row @returns {Control} */
function createControl(view, row) {
  const root = element("div", `neuron-row neuron-${row.widget}`);
  const title = element(row.note ? "button" : "span", "neuron-title", root, { textContent: `${row.label} `, title: row.note });
  element("i", "", title, { textContent: row.symbol });
  const control = { row, root, title, ...createWidgets(view, row, root) };
  if (title instanceof HTMLButtonElement) {
    Object.assign(title, { type: "button", ariaExpanded: "false", onclick: () => explain(view, control) });
  }
  return control;
}

/** @param {View} view @param {Row} row @param {HTMLElement} root takes the widgets */
function createWidgets(view, row, root) {
  switch (row.widget) {
    case "slider":
      return createSlider(view, row, root);
    case "switch":
      return createSwitch(view, row, root);
    case "choice":
      return createChoice(view, row, root);
    case "radios":
      return createRadios(view, row, root);
  }
}
