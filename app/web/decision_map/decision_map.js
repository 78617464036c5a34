// What a network decides over a plane, painted while it learns, and beneath it the same for the spikes of every hidden neuron.

import { Acts } from "../lib/acts.js";
import { element, setText } from "../lib/dom.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { followUnit } from "../lib/unit.js";
import { layout } from "./places.js";
import { listen, point } from "./pointing.js";
import { redraw, SIZES } from "./sight.js";
import { tilesOf } from "./tiles.js";

await stylesheet(new URL("decision_map.css", import.meta.url));

/** @typedef {import("../wire.js").DecisionMapData} Header */
/** @typedef {import("../lib/sent_view.js").Data<Header>} Data */
/** @typedef {ReturnType<typeof create>} View */
/** What the large map shows. @typedef {"answer" | "margin" | "time"} Mode */
/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("../wire.js").MapAct} MapAct */

const KEYS = "Arrow keys move over it, Enter shows the spikes of the next sample.";

const TILE_KEYS = "Arrow keys move over them, Enter traces the neuron.";

let count = 0;

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const root = element("div", "decision", parent);
  const head = element("div", "decision-head", root);
  const modes = element("div", "decision-modes", head, { role: "radiogroup", ariaLabel: "The map shows" });
  const body = element("div", "decision-body", root);
  const plane = element("canvas", "decision-plane", body, { tabIndex: 0, role: "img" });
  const hidden = element("div", "decision-hidden", body);
  const caption = element("p", "decision-caption", hidden);
  const tiles = element("canvas", "decision-tiles", hidden, { tabIndex: 0, role: "img" });
  const view = {
    root,
    head,
    body,
    plane,
    hidden,
    caption,
    tiles,
    legend: element("div", "decision-legend", head),
    radios: radios(modes),
    readout: element("p", "decision-readout", root, { role: "status" }),
    data,
    /** @type {Data | null} */
    drawn: null,
    mode: /** @type {Mode} */ ("answer"),
    /** @type {import("./places.js").Point | null} where the pointer or the keyboard is */
    at: null,
    /** @type {number | null} the place of the neuron that is pointed at */
    tile: null,
    /** @type {Tile[]} */
    neurons: [],
    layout: layout(SIZES.smallest, SIZES.smallest, 0, SIZES),
    /** @type {Acts<MapAct>} */
    acts: new Acts(),
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    resting: undefined,
    ended: new AbortController(),
  };
  for (const [mode, radio] of Object.entries(view.radios)) radio.onchange = () => turn(view, /** @type {Mode} */ (mode));
  follow(view);
  listen(view);
  return view;
}

/** @param {HTMLElement} parent @returns {Record<Mode, HTMLInputElement>} */
function radios(parent) {
  const name = `decision ${count++}`;
  const [answer, margin, time] = ["Answer", "Margin", "Time"].map((text) => {
    const label = element("label", "", parent);
    const radio = element("input", "", label, { type: "radio", name });
    label.append(text);
    return radio;
  });
  answer.checked = true;
  return { answer, margin, time };
}

/** Draws again when there is more or less room. @param {View} view */
function follow(view) {
  const { signal } = view.ended;
  const again = () => view.drawn && redraw(view);
  const resizes = new ResizeObserver(again);
  resizes.observe(view.body);
  followUnit(again, signal);
  signal.addEventListener("abort", () => resizes.disconnect());
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const isNew = view.drawn !== data;
  view.data = data;
  view.acts.update(send, data.header.answered);
  if (!isNew) return;
  view.drawn = data;
  view.neurons = tilesOf(data, view.neurons);
  const { description, hidden } = data.header;
  view.plane.setAttribute("aria-label", `${description} ${KEYS}`);
  const layers = hidden.map(({ name, neurons, drawn }) =>
    drawn < neurons ? `${drawn} of ${neurons} neurons of ${name}` : `${neurons} neurons of ${name}`,
  );
  const caption = `Spikes of ${layers.join(", ")}`;
  setText(view.caption, caption);
  view.tiles.setAttribute("aria-label", `${caption}, a map each. ${TILE_KEYS}`);
  redraw(view);
  if (view.at || view.tile !== null) point(view);
  view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
}

/** @param {View} view @param {Mode} mode */
function turn(view, mode) {
  view.mode = mode;
  redraw(view);
  point(view);
}

/** @param {View} view */
function destroy(view) {
  clearTimeout(view.resting);
  view.ended.abort();
}
