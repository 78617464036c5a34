// The panels below the plot, one of which is open at a time, their buttons, and those of the pinned run. As the plot, they are painted with
// calls of a 2-D context alone; each painter returns the same in words.

import { button, cleared, element, setText } from "../lib/dom.js";
import { act } from "./in_force.js";
import { paintModels } from "./models.js";
import { stageOf } from "./painting.js";
import { paintPhase } from "./phase.js";
import { paintRates } from "./rates.js";

/** @typedef {import("./state.js").View} View */

/**
 * A panel by the label of its button. Its painter returns in words what it painted; `height` is in pixels. Without one, Python shows it.
 * @typedef {{label: string, painting?: {height: number, paint: (stage: import("./painting.js").Stage) => string}}} Panel
 */

/** A panel's button, and its canvas if it has one. @typedef {{name: string, panel: Panel, tab: HTMLButtonElement, canvas: HTMLCanvasElement | null}} OpenedBy */

/** @type {Record<string, Panel>} */
const PANELS = {
  phase: { label: "Phase", painting: { height: 326, paint: paintPhase } },
  rate: { label: "f–I curve", painting: { height: 296, paint: paintRates } },
  models: { label: "Four models", painting: { height: 404, paint: paintModels } },
  surrogate: { label: "Surrogate" },
};

/** @param {View} view */
export function createPanels(view) {
  const { unpin, tabs, panels } = view.nodes;
  for (const [name, panel] of Object.entries(PANELS)) {
    const tab = button(tabs, panel.label, () => act(view, { do: "look", panel: view.header.look.panel === name ? "" : name }));
    const canvas = panel.painting ? element("canvas", "neuron-panel", panels, { hidden: true, role: "img" }) : null;
    view.panels.push({ name, panel, tab, canvas });
  }
  unpin.onclick = () => {
    view.nodes.plot.focus(); // the button goes
    act(view, { do: "unpin" });
  };
}

/** @param {View} view */
export function drawPanels(view) {
  const { look, pinned } = view.header;
  view.nodes.pinned.hidden = !pinned;
  setText(view.nodes.difference, pinned?.words ?? "");
  for (const { name, panel, tab, canvas } of view.panels) {
    const isOpen = look.panel === name;
    tab.ariaExpanded = String(isOpen);
    if (!canvas || !panel.painting) continue;
    const wasHidden = canvas.hidden;
    canvas.hidden = !isOpen;
    if (!isOpen) continue;
    const { height, paint } = panel.painting;
    const words = paint(stageOf(cleared(canvas, view.width, height).context, view));
    if (wasHidden && document.activeElement?.ariaExpanded) canvas.scrollIntoView({ block: "nearest" }); // its button was pressed
    if (!view.isDragging) canvas.ariaLabel = words;
  }
}

/** What of the panels belongs into a picture. @param {View} view */
export function paintedPanels(view) {
  return view.panels.flatMap(({ panel: { painting }, canvas }) => {
    if (!painting || !canvas || canvas.hidden) return [];
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const paint = (/** @type {import("./painting.js").Context} */ context) => void painting.paint(stageOf(context, view));
    return [{ left, top, width, height, paint }];
  });
}
