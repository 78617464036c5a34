// A view that lasts and is sent what changed: it asks for all of it where it lacks what a message is based on.

import { PATIENCE } from "./acts.js";
import { receivedBy, viewOf } from "./received.js";
import { inTurn } from "./turns.js";
import { lastingView } from "./view.js";

/**
 * @template Header
 * @typedef {{header: Header, arrays: import("./received.js").Values[]}} Data
 */

/** @type {WeakMap<Uint8Array, Data<unknown>>} */
const taken = new WeakMap();

/** What asks for all of it, by the views' keys. @type {Map<string, ReturnType<typeof setTimeout>>} */
const asking = new Map();

/** What ends the view at a place. @type {WeakMap<HTMLElement, () => void>} */
const ends = new WeakMap();

/**
 * As `lastingView`, of what messages stand for. A message that comes again stands for the same object.
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
      return ends.get(parentElement) ?? (() => {}); // the view that is there may go before all of it has come
    }
    taken.set(message, data);
    const end = show({ parentElement, data: /** @type {Data<Header>} */ (data), setTriggerValue });
    ends.set(parentElement, end);
    return end;
  };
}

/** Asks until it is sent. @param {string} key @param {HTMLElement} parent @param {(name: string, value: unknown) => void} send */
function askForAll(key, parent, send) {
  if (!parent.isConnected) return;
  inTurn(parent, () => send("missing", true));
  asking.set(
    key,
    setTimeout(() => askForAll(key, parent, send), PATIENCE),
  );
}
