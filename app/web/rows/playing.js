// Plays through time, in a loop.

import { element } from "../lib/dom.js";
import { moveTo } from "./visits.js";

/** @typedef {import("./rows.js").View} View */

const INTERVAL = 120; // milliseconds

/** @param {View} view @param {Node} parent */
export function addPlayButton(view, parent) {
  const made = element("button", "rows-play", parent);
  made.onclick = () => (view.playing === null ? play(view) : stopPlaying(view));
  showPlaying(view, made);
}

/** @param {View} view */
function play(view) {
  view.playing = setInterval(() => {
    const at = view.at ?? { place: 0, line: 0, time: -1 };
    moveTo(view, { ...at, time: (at.time + 1) % view.header.steps }, { follows: true });
  }, INTERVAL);
  showOnAll(view);
}

/** @param {View} view */
export function stopPlaying(view) {
  if (view.playing === null) return;
  clearInterval(view.playing);
  view.playing = null;
  showOnAll(view);
}

/** @param {View} view */
function showOnAll(view) {
  for (const button of view.root.querySelectorAll(".rows-play")) showPlaying(view, button);
}

/** @param {View} view @param {Element} button */
function showPlaying(view, button) {
  button.textContent = view.playing === null ? "Play" : "Pause";
}
