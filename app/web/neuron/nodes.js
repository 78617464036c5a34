// The view's nodes as they begin: what is in them and what can be done to them comes from other modules.

import { element } from "../lib/dom.js";

/** @typedef {ReturnType<typeof createNodes>} Nodes */

/** @param {HTMLElement} parent */
export function createNodes(parent) {
  const root = element("div", "neuron", parent);
  const main = element("div", "neuron-main", root);
  const head = element("div", "neuron-head", main);
  const sentence = element("p", "neuron-count", head);
  const [count, unit] = [element("strong", "", sentence), element("span", "", sentence)];
  const transport = element("div", "neuron-transport", head);
  const play = element("button", "neuron-primary", transport, { type: "button", textContent: "Play", title: "Key in the plot: Space" });
  const step = element("button", "", transport, { type: "button", textContent: "+1 time step", title: "Key in the plot: ." });
  const speed = element("select", "", transport, { ariaLabel: "Speed of playing" });
  const note = element("div", "neuron-note", main);
  const pinned = element("div", "neuron-pinned", main, { hidden: true });
  const difference = element("span", "neuron-difference", pinned);
  const unpin = element("button", "", pinned, { type: "button", textContent: "Unpin A" });
  const plot = element("div", "neuron-plot", main, { tabIndex: 0, role: "group" });
  const canvas = element("canvas", "", plot, { ariaHidden: "true" });
  const tip = element("div", "neuron-tip", plot, { hidden: true });
  const sketch = element("div", "neuron-sketch", plot, { title: "Draw the input here; all neurons get it" });
  const said = element("p", "neuron-said", main, { role: "status" });
  const equation = element("div", "neuron-equation", main, { role: "group", ariaLabel: "The step under the cursor, in numbers" });
  const readings = element("p", "neuron-readings");
  const tabs = element("div", "neuron-tabs", main);
  const panels = element("div", "neuron-panels", main);
  const controls = element("div", "neuron-controls controls", root, { role: "group", ariaLabel: "Neuron and input" });
  return {
    ...{ root, count, unit, play, step, speed, note, plot, canvas, tip, sketch, said },
    ...{ equation, readings, pinned, difference, unpin, tabs, panels, controls },
  };
}
