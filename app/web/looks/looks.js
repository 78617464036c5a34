// Asks the server again and again for what is new in the views that move, and hands it to them, without Streamlit. Where anything else would
// change, Python is told to draw. `app/components/looks.py` is the other end.

import { Acts } from "../lib/acts.js";
import { handOver } from "../lib/sent_view.js";
import { isTurning } from "../lib/turning.js";
import { lastingView } from "../lib/view.js";

const MESSAGES = 200; // statuses of an answer: with messages, or without any
const NOTHING_NEW = 204;
const DRAW = 205; // the page has to be drawn
const TYPE = "application/octet-stream";
const LONGEST = 10_000; // milliseconds for an answer
const PATIENCE = 1000; // milliseconds until a server that didn't answer is asked again

/**
 * @typedef {import("../wire.js").Looks} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

/** @param {HTMLElement} _parent @param {Data} data */
function create(_parent, data) {
  const acts = /** @type {Acts<import("../wire.js").RedrawAct>} */ (new Acts());
  return { acts, data, isLooking: false, isOver: false, look: new AbortController() };
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  if (data.address !== view.data.address) view.look.abort();
  view.data = data;
  view.acts.update(send, data.answered);
  if (!view.isLooking) lookOn(view);
}

/** @param {View} view */
function destroy(view) {
  view.isOver = true;
  view.look.abort();
}

/** Looks as long as there is something to see. @param {View} view */
async function lookOn(view) {
  view.isLooking = true;
  let due = performance.now();
  while (view.data.address !== null && !view.isOver) {
    const isAnswered = await look(view, view.data.address);
    await frame(); // what was handed over is drawn, and a page that nobody sees asks for nothing
    const now = performance.now();
    due = Math.max(now, isAnswered ? due + view.data.interval : now + PATIENCE);
    if (due > now) await new Promise((goOn) => setTimeout(goOn, due - now));
  }
  view.isLooking = false;
}

/** @param {View} view @param {string} address @returns {Promise<boolean>} whether the server answered */
async function look(view, address) {
  if (isTurning() || view.acts.unanswered.length) return true; // a drawing is on its way
  view.look = new AbortController();
  const { signal } = view.look;
  const messages = await messagesFrom(new URL(address, document.baseURI), AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]));
  if (signal.aborted || isTurning()) return true;
  if (!Array.isArray(messages) || !messages.every(isDrawn)) view.acts.tellLatest({ do: "draw" });
  return messages !== null;
}

/**
 * The messages in an answer; "draw" where the page has to be drawn, null where there is no answer that a look could have.
 * @param {URL} url
 * @param {AbortSignal} signal
 */
async function messagesFrom(url, signal) {
  try {
    const answer = await fetch(url, { cache: "no-store", signal });
    const content = new Uint8Array(await answer.arrayBuffer());
    if (answer.status === DRAW) return "draw";
    if (answer.status === NOTHING_NEW) return [];
    return answer.status === MESSAGES && answer.headers.get("Content-Type") === TYPE ? messagesIn(content) : null;
  } catch {
    return null; // if Streamlit's connection is lost too, it says so
  }
}

/** Each after its length. @param {Uint8Array} content */
function messagesIn(content) {
  const lengths = new DataView(content.buffer);
  const found = [];
  for (let at = 0; at < content.length; ) {
    const end = at + 4 + lengths.getUint32(at, true);
    found.push(content.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** Hands a message over, and returns whether its view could draw it. @param {Uint8Array} message */
function isDrawn(message) {
  try {
    handOver(message);
    return true;
  } catch (error) {
    reportError(error);
    return false;
  }
}

const frame = () => new Promise((goOn) => requestAnimationFrame(goOn));
