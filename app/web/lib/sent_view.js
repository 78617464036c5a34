// A view that lasts and is sent what changed: it asks for what it lacks of what a message is based on.

import { PATIENCE } from "./acts.js";
import { receivedBy, viewOf } from "./received.js";
import { inTurn, whenIdle } from "./turns.js";
import { lastingView } from "./view.js";

/**
 * @template Header
 * @typedef {{header: Header, arrays: import("./received.js").Values[]}} Data
 */

/** @type {WeakMap<Uint8Array, Data<unknown>>} */
const taken = new WeakMap();

/** The timers of those that ask. @type {WeakMap<object, ReturnType<typeof setTimeout>>} */
const asking = new WeakMap();

/** What ends the view at a place. @type {WeakMap<HTMLElement, () => void>} */
const ends = new WeakMap();

/**
 * As `lastingView`, of what messages stand for. A message that comes again stands for the same object.
 * @template Header
 * @template {object} View
 * @param {Parameters<typeof lastingView<Data<Header>, View>>[0]} parts
 * @returns {(call: import("./view.js").Call<Uint8Array>) => (() => void)}
 */
export function sentView(parts) {
  const show = lastingView(parts);
  return ({ parentElement, data: message, setTriggerValue }) => {
    const received = receivedBy(viewOf(message));
    const data = taken.get(message) ?? received.take(message);
    if (!data) {
      if (!asking.has(received)) ask(received, parentElement, setTriggerValue);
      return ends.get(parentElement) ?? (() => {}); // the view that is there may go before the answer comes
    }
    clearTimeout(asking.get(received));
    asking.delete(received);
    taken.set(message, data);
    const end = show({ parentElement, data: /** @type {Data<Header>} */ (data), setTriggerValue });
    ends.set(parentElement, end);
    return end;
  };
}

/**
 * Asks until it is answered.
 * @param {import("./received.js").Received<unknown>} received
 * @param {HTMLElement} parent
 * @param {(name: string, value: unknown) => void} send
 */
function ask(received, parent, send, wait = 0) {
  const say = () => {
    if (!asking.delete(received) || !parent.isConnected) return;
    inTurn(parent, () => send("lacking", received.held));
    ask(received, parent, send, PATIENCE);
  };
  asking.set(
    received,
    setTimeout(() => whenIdle(say), wait),
  );
}
