// A view that lasts and is sent what changed: it asks for what it lacks of what a message is based on. Messages come by two ways, with
// Streamlit's drawings and with answers to looks, and one may overtake another: a view never goes back to an older one.

import { PATIENCE } from "./acts.js";
import { headOf, isOlder, receivedBy } from "./received.js";
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

/** The newest message to each view, and what it stands for. @type {WeakMap<object, {number: number, data: Data<unknown>}>} */
const newest = new WeakMap();

/** What draws a message to the view under a key, as Streamlit last had it drawn. @type {Map<string, {place: HTMLElement, draw: (message: Uint8Array) => void}>} */
const drawers = new Map();

/** Has a view draw a message that didn't come with a drawing of Streamlit's. @param {Uint8Array} message */
export function handOver(message) {
  const { view } = headOf(message).head;
  const found = drawers.get(view);
  if (found?.place.isConnected) found.draw(message);
  else drawers.delete(view);
}

/**
 * As `lastingView`, of what messages stand for. A message that comes again stands for the same object.
 * @template Header
 * @template {object} View
 * @param {Parameters<typeof lastingView<Data<Header>, View>>[0]} parts
 * @returns {(call: import("./view.js").Call<Uint8Array>) => (() => void)}
 */
export function sentView(parts) {
  const show = lastingView(parts);
  /** @param {import("./view.js").Call<Uint8Array>} call */
  const draw = ({ parentElement, data: message, setTriggerValue }) => {
    const { view, number } = headOf(message).head;
    drawers.set(view, { place: parentElement, draw: (later) => draw({ parentElement, data: later, setTriggerValue }) });
    const received = receivedBy(view);
    const known = newest.get(received);
    const found = taken.get(message) ?? received.take(message);
    const data = known && isOlder(number, known.number) ? known.data : found;
    if (!data) {
      if (!asking.has(received)) ask(received, parentElement, setTriggerValue);
      return ends.get(parentElement) ?? (() => {}); // the view that is there may go before the answer comes
    }
    if (found) taken.set(message, found);
    if (data === found) {
      clearTimeout(asking.get(received));
      asking.delete(received);
      newest.set(received, { number, data });
    }
    const end = show({ parentElement, data: /** @type {Data<Header>} */ (data), setTriggerValue });
    ends.set(parentElement, end);
    return end;
  };
  return draw;
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
