// Notes which page is drawn, and has all of it drawn again once a lost connection is there again. The server may have ended the session
// meanwhile and begun another, which knows no part of the page until then: Streamlit drops what a part is told that it doesn't know, and says
// nothing.

import { Acts } from "../lib/acts.js";
import { drawn } from "../lib/drawn.js";
import { pageDrawn } from "../lib/turning.js";
import { lastingView } from "../lib/view.js";

const LOST = "[data-testid=stConnectionStatus]"; // what Streamlit shows while there is no connection
const INTERVAL = 250; // milliseconds between two looks

/**
 * @typedef {import("../wire.js").Connection} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

function create() {
  const view = { acts: /** @type {Acts<import("../wire.js").RedrawAct>} */ (new Acts()), isLost: false, end: () => {} };
  const timer = setInterval(() => look(view), INTERVAL);
  view.end = () => clearInterval(timer);
  return view;
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update({ acts }, data, send) {
  const isNew = drawn.number !== data.drawn;
  drawn.number = data.drawn; // all that comes before it on the page has come
  acts.update(send, data.answered);
  if (isNew) pageDrawn(data.page);
}

/** @param {View} view */
function destroy({ end }) {
  end();
}

/** @param {View} view */
function look(view) {
  const wasLost = view.isLost;
  view.isLost = document.querySelector(LOST) !== null;
  if (wasLost && !view.isLost) view.acts.tellLatest({ do: "draw" });
}
