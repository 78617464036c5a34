// A panel of rows of controls. A value is in force here at once, and Python's own takes its place when it has answered.

import { Acts } from "../lib/acts.js";
import { element } from "../lib/dom.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { createHost, fillControls, newestOf, resetControls } from "./rows.js";

await stylesheet(new URL("controls.css", import.meta.url));

/** @typedef {import("../wire.js").Controls} Controls */
/** @typedef {import("../lib/sent_view.js").Data<Controls>} Data */
/** @typedef {ReturnType<typeof create>} View */
/** @typedef {import("../wire.js").EditAct} Edit */

export default sentView({ create, update });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const root = element("div", "controls", parent, { role: "group" });
  const acts = /** @type {Acts<Edit>} */ (new Acts());
  const view = { root, acts, data, unsent: /** @type {Record<string, unknown>} */ ({}), isDragging: false };
  const tell = (/** @type {Record<string, unknown>} */ changes) => {
    acts.tell({ do: "edit", changes });
    fillControls(host, view.data.header.rows);
  };
  const host = createHost(root, {
    valueAt: (path) => valueAt(view, path),
    act: (act) => act.do === "edit" && tell(act.changes),
    change(changes) {
      view.isDragging = true;
      Object.assign(view.unsent, changes);
      fillControls(host, view.data.header.rows);
    },
    commit() {
      if (!view.isDragging) return;
      view.isDragging = false;
      const changes = view.unsent;
      view.unsent = {};
      tell(changes);
    },
    isDragging: () => view.isDragging,
  });
  for (const begun of ["pointerdown", "keydown"]) root.addEventListener(begun, () => host.finishTrying?.(), true);
  return Object.assign(view, { host });
}

/** What is in force: what is being changed, what was told last, or what Python said. @param {Pick<View, "unsent" | "acts" | "data">} view @param {string} path */
function valueAt({ unsent, acts, data }, path) {
  const told = acts.unanswered.map(({ changes }) => changes);
  return newestOf(path, [data.header.values, ...told, unsent])?.[path];
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const { acts, host, root } = view;
  acts.update(send, data.header.answered);
  view.data = data;
  root.ariaLabel = data.header.label;
  if (!acts.unanswered.length && !view.isDragging) resetControls(host);
  fillControls(host, data.header.rows);
  root.dataset.drawn = String(Number(root.dataset.drawn ?? 0) + 1);
}
