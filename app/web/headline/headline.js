// The main number and its sentence. The milestone is a live region on a lasting node, so that it is read once per change.

import { Acts } from "../lib/acts.js";
import { element, setText } from "../lib/dom.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";

await stylesheet(new URL("headline.css", import.meta.url));

/** @typedef {import("../wire.js").Headline} Data */
/** @typedef {ReturnType<typeof create>} View */

export default lastingView({ create, update, destroy: ({ acts }) => acts.end() });

/** @param {HTMLElement} parent */
function create(parent) {
  const acts = new Acts();
  const root = element("div", "headline", parent);
  element("h1", "headline-hidden", root, { textContent: document.title });
  const number = element("span", "headline-number", root);
  const unit = element("span", "headline-unit", root);
  const milestone = element("span", "headline-milestone headline-hidden", root, { role: "status" });
  const sentence = element("p", "headline-sentence", root);
  const status = element("span", "headline-status", sentence);
  const action = element("button", "headline-action", sentence, { onclick: () => acts.tell({}) });
  return { acts, number, unit, status, milestone, action };
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update({ acts, action, ...parts }, data, send) {
  acts.update(send, data.answered);
  for (const part of /** @type {const} */ (["number", "unit", "status", "milestone"])) setText(parts[part], data[part]);
  action.hidden = !data.action;
  setText(action, data.action);
}
