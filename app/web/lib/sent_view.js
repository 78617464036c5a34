// A view that lasts and is sent what changed: it asks for all of it where it lacks what a message is based on.

import { PATIENCE } from "./acts.js";
import { receivedBy, viewOf } from "./received.js";
import { lastingView } from "./view.js";

/**
 * @template Header
 * @typedef {{header: Header, arrays: import("./received.js").Values[]}} Data
 */

/** @type {WeakMap<Uint8Array, Data<unknown>>} */
const taken = new WeakMap();

/** When views ask again, by their keys. @type {Map<string, ReturnType<typeof setTimeout>>} */
const asking = new Map();

/**
 * As `lastingView`, of what messages stand for. Equal messages are one object, and so are equal arrays.
 * @template Header
 * @template View
 * @param {Parameters<typeof lastingView<Data<Header>, View>>[0]} parts
 * @returns {(call: import("./view.js").Call<Uint8Array>) => (() => void)}
 */
export function sentView(parts) {
  const show = lastingView(parts);
  return ({ parentElement, data: message, setTriggerValue }) => {
    const key = viewOf(message);
    const data = taken.get(message) ?? receivedBy(key).take(message);
    clearTimeout(asking.get(key));
    if (!data) {
      askForAll(key, parentElement, setTriggerValue);
      return () => {};
    }
    taken.set(message, data);
    return show({ parentElement, data: /** @type {Data<Header>} */ (data), setTriggerValue });
  };
}

/** @param {string} key @param {HTMLElement} parent @param {(name: string, value: unknown) => void} send */
function askForAll(key, parent, send) {
  if (!parent.isConnected) return;
  send("missing", true);
  asking.set(
    key,
    setTimeout(() => askForAll(key, parent, send), PATIENCE),
  );
}
