// A view that lasts: Streamlit calls a component again with each new data, and its nodes stay.

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
 * @template View
 * @param {object} parts
 * @param {(parent: HTMLElement, data: Data) => View} parts.create called once for each place on the page
 * @param {(view: View, data: Data, send: Call<Data>["setTriggerValue"]) => void} parts.update called with each data, the first too
 * @param {(view: View) => void} [parts.destroy] called once the place is gone
 * @returns {(call: Call<Data>) => (() => void)} what a component exports
 */
export function lastingView({ create, update, destroy = () => {} }) {
  return ({ parentElement, data, setTriggerValue }) => {
    const view = /** @type {View} */ (views.get(parentElement) ?? create(parentElement, data));
    views.set(parentElement, view);
    update(view, data, (name, value) => inTurn(parentElement, () => setTriggerValue(name, value)));
    // Streamlit also ends a call that newer data overtook; only a place that is gone ends the view.
    return () => void setTimeout(() => parentElement.isConnected || destroy(view));
  };
}
