// The line of layers and shapes, and what is wrong with them. Nodes last across updates, so that focus and the open panel stay.

import { Acts } from "../lib/acts.js";
import { button, element } from "../lib/dom.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";
import { createPanel, playFold, showPanel, stopFold, updatePanel } from "./panel.js";
import { moveByKeys, placeStop } from "./roving.js";
import { createPlace, markPlace, updatePlace } from "./stage.js";

await stylesheet(new URL("ribbon.css", import.meta.url));

/**
 * @typedef {import("../wire.js").Ribbon} Data
 * @typedef {import("../wire.js").Stage} Stage
 * @typedef {import("../wire.js").RibbonAct} Act
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

/** @param {HTMLElement} parent */
function create(parent) {
  const root = element("div", "ribbon-root", parent);
  const line = element("div", "ribbon-line", root, { role: "group", ariaLabel: "Layer stack" });
  const problems = element("div", "ribbon-problems", root, { ariaLive: "polite" });
  moveByKeys(line);
  const view = {
    acts: /** @type {Acts<Act>} */ (new Acts()),
    root,
    line,
    problems,
    panel: createPanel(root, () => open(view, null)),
    places: /** @type {import("./stage.js").Place[]} */ ([]),
    stages: /** @type {Stage[]} */ ([]),
    opened: /** @type {number | null} */ (null), // the stage that the panel was opened at
    isPlayed: false, // whether by the name of squeeze or unsqueeze, not by a shape
    drawn: "", // the data that are drawn, as text
    drawnProblems: "",
  };
  return view;
}

/** @param {View} view */
function destroy({ panel }) {
  stopFold(panel);
  panel.resizes.disconnect();
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, { answered, ...data }, send) {
  view.acts.update(send, answered);
  const drawn = JSON.stringify(data);
  if (drawn === view.drawn) return;
  view.drawn = drawn;
  draw(view, data);
}

/** @param {View} view @param {Omit<Data, "answered">} data */
function draw(view, data) {
  view.stages = data.stages;
  const { root, line, places } = view;
  const hadFocus = root.contains(document.activeElement);
  for (const gone of places.splice(data.stages.length)) gone.root.remove();
  while (places.length < data.stages.length) places.push(placeAt(view, places.length));
  data.stages.forEach((stage, index) => {
    updatePlace(places[index], stage, data.selected);
  });
  drawProblems(view);
  placeStop(line, "chip");
  placeStop(line, "shape");
  updatePanel(view.panel, data);
  if (view.opened !== null && !data.stages[view.opened]?.shape) {
    view.opened = data.stages.findLastIndex(({ shape, folded }) => shape && folded === view.panel.folded);
  }
  markOpened(view);
  if (hadFocus && !root.contains(document.activeElement)) {
    /** @type {HTMLElement | null} */ (line.querySelector(".ribbon-chip[tabindex='0']"))?.focus();
  }
}

/** @param {View} view @param {number} index */
function placeAt(view, index) {
  const select = () => view.acts.tell({ do: "select", layer: view.stages[index].layer });
  const toggle = (/** @type {boolean} */ isPlayed) =>
    open(view, view.opened === index && view.isPlayed === isPlayed ? null : index, isPlayed);
  return createPlace(view.line, { select, open: () => toggle(false), play: () => toggle(true) }, view.panel.root.id);
}

/** @param {View} view */
function drawProblems(view) {
  const wrong = view.stages.filter(({ problem }) => problem);
  const drawn = JSON.stringify(wrong.map(({ name, layer, problem, remedy }) => [name, layer, problem, remedy]));
  if (drawn === view.drawnProblems) return;
  view.drawnProblems = drawn;
  view.problems.replaceChildren(
    ...wrong.map(({ name, layer, problem, remedy }) => {
      const root = element("div", "ribbon-problem");
      element("p", "ribbon-sentence", root, { textContent: `! ${name}: ${problem}` });
      if (remedy && layer !== null)
        button(root, remedy, () => view.acts.tell({ do: "remedy", layer }), { className: "ribbon-action ribbon-remedy" });
      return root;
    }),
  );
}

/**
 * Opens the folding view at a stage: at its shape, as that tensor is, or with what squeeze or unsqueeze makes of it; null closes it.
 * @param {View} view @param {number | null} index @param {boolean} [isPlayed]
 */
function open(view, index, isPlayed = false) {
  stopFold(view.panel);
  const closed = view.opened !== null && index === null && view.panel.root.contains(document.activeElement) ? view.opened : null;
  const wasPlayed = view.isPlayed;
  Object.assign(view, { opened: index, isPlayed: index !== null && isPlayed });
  if (index === null) view.panel.root.hidden = true;
  else if (isPlayed) playFold(view.panel, view.stages[index].folded);
  else showPanel(view.panel, { folded: view.stages[index].folded, tried: view.panel.batch, isAsked: false });
  markOpened(view);
  if (closed === null) return;
  const place = view.places[closed];
  (wasPlayed ? place?.chip : place?.shape)?.focus();
}

/** @param {View} view */
function markOpened({ places, opened, isPlayed }) {
  places.forEach((place, index) => {
    markPlace(place, index === opened && !isPlayed, index === opened && isPlayed);
  });
}
