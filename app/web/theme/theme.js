// Has the page drawn again when its background changes, which is seen at a spot of its colour that takes a moment to change.

import { Acts } from "../lib/acts.js";
import { element } from "../lib/dom.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";

await stylesheet(new URL("theme.css", import.meta.url));

const MIDDLE = 128; // between dark and light, of 255

/**
 * @typedef {import("../wire.js").DrawnTheme} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update });

/** @param {HTMLElement} parent */
function create(parent) {
  const acts = /** @type {Acts<import("../wire.js").RedrawAct>} */ (new Acts());
  const spot = element("div", "theme-spot", parent);
  spot.ontransitionend = () => acts.tellLatest({ do: "draw" });
  return { acts, spot, isNew: true };
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, { theme, answered }, send) {
  view.acts.update(send, answered);
  if (view.isNew && theme !== themeOf(view.spot)) view.acts.tellLatest({ do: "draw" }); // it changed before this module was there
  view.isNew = false;
}

/** @param {Element} spot */
function themeOf(spot) {
  const colors = (getComputedStyle(spot).backgroundColor.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  return colors.every((value) => value < MIDDLE) ? "dark" : "light";
}
