// A view that lasts: Streamlit calls a component again with each new data, and its nodes stay.

import { Acts } from "./acts.js";
import { inTurn } from "./turns.js";

/**
 * What Streamlit calls a component with.
 * @template Data
 * @typedef {{parentElement: HTMLElement, data: Data, setTriggerValue: (name: string, value: unknown) => void}} Call
 */

/** @type {WeakMap<Element, unknown>} */
const views = new WeakMap();

/** The view at a place on the page, if there is one. @param {Element} parent @returns {unknown} */
export const viewAt = (parent) => views.get(parent);

/**
 * @template Data
 * @template {object} View
 * @param {object} parts
 * @param {(parent: HTMLElement, data: Data) => View} parts.create called once for each place on the page
 * @param {(view: View, data: Data, send: Call<Data>["setTriggerValue"]) => void} parts.update called with each data, the first too
 * @param {(view: View) => void} [parts.destroy] called once the place is gone, and nothing can be told any more
 * @returns {(call: Call<Data>) => (() => void)} what a component exports
 */
export function lastingView({ create, update, destroy = () => {} }) {
  /** The acts of the latest view at each place, by page and Streamlit's key. @type {Map<string, Acts<object>>} */
  const latest = new Map();
  const end = (/** @type {View} */ view) => {
    actsOf(view)?.end();
    destroy(view);
  };
  return ({ parentElement, data, setTriggerValue }) => {
    const known = /** @type {View | undefined} */ (views.get(parentElement));
    const view = known ?? create(parentElement, data);
    if (!known) takeOver(latest, view, parentElement);
    views.set(parentElement, view);
    update(view, data, (name, value) => inTurn(parentElement, () => setTriggerValue(name, value)));
    // Streamlit also ends a call that newer data overtook; only a place that is gone ends the view.
    return () => void setTimeout(() => parentElement.isConnected || end(view));
  };
}

/** What a view tells with; null if it tells nothing. @param {object} view */
const actsOf = (view) => ("acts" in view && view.acts instanceof Acts ? view.acts : null);

/**
 * Lets a new view tell what the one before it at its place didn't get an answer to: Streamlit takes a view away when it begins to draw the
 * page anew before it has sent what it drew, and brings another.
 * @param {Map<string, Acts<object>>} latest
 * @param {object} view
 * @param {Element} parent
 */
function takeOver(latest, view, parent) {
  const key = parent.closest("[class*=st-key-]")?.className.match(/st-key-\S+/)?.[0];
  const acts = actsOf(view);
  if (!key || !acts) return;
  const place = `${location.pathname} ${key}`;
  const before = latest.get(place);
  if (before) acts.takeOver(before);
  latest.set(place, acts);
}
