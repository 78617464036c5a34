// The main number and its sentence. The milestone is a live region on a lasting node, so that it is read once per change.

import { Acts } from "../lib/acts.js";
import { element, setText } from "../lib/dom.js";
import { standFor } from "../lib/pointed.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { setTerms } from "../lib/terms.js";

await stylesheet(new URL("headline.css", import.meta.url));

/** @typedef {import("../lib/sent_view.js").Data<import("../wire.js").Headline>} Data */
/** @typedef {ReturnType<typeof create>} View */

export default sentView({ create, update, destroy });

const PLACES = ".st-key-headline, .st-key-story"; // which keep room for a headline until they are filled

/** @param {HTMLElement} parent */
function create(parent) {
  const acts = /** @type {Acts<import("../wire.js").PressAct>} */ (new Acts());
  const root = element("div", "headline", parent);
  const line = element("div", "headline-line", root);
  const number = element("span", "headline-number", line);
  const unit = element("span", "headline-unit", line);
  const milestone = element("span", "headline-milestone unseen", root, { role: "status" });
  const sentence = element("p", "headline-sentence", root);
  const status = element("span", "headline-status", sentence);
  const below = element("p", "headline-below", root);
  const more = element("span", "headline-more", below);
  const buttons = /** @type {HTMLElement[]} */ ([]);
  const network = element("p", "headline-network", root);
  const place = /** @type {HTMLElement | null} */ (parent.closest(PLACES));
  place?.toggleAttribute("data-filled", true);
  return { acts, place, number, unit, status, milestone, more, below, buttons, network, told: "" };
}

/** @param {View} view */
function destroy({ place }) {
  if (!place?.querySelector(".headline")) place?.removeAttribute("data-filled"); // Streamlit may put another page's headline there
}

/** A button that tells its label. @param {View} view */
function addButton({ acts, below, buttons }) {
  const button = element("button", "headline-action", below, {
    onclick: () => acts.tell({ do: "press", label: button.textContent ?? "" }),
  });
  buttons.push(button);
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, { header: data }, send) {
  const { acts, below, buttons } = view;
  acts.update(send, data.answered);
  for (const part of /** @type {const} */ (["number", "unit", "milestone"])) setText(view[part], data[part]);
  for (const part of /** @type {const} */ (["status", "more"])) setTerms(view[part], data[part]);
  while (buttons.length < data.actions.length) addButton(view);
  buttons.forEach((button, place) => {
    button.hidden = place >= data.actions.length;
    setText(button, data.actions[place] ?? "");
  });
  below.hidden = !data.more && !data.actions.length;
  fillNetwork(view, data);
}

/** The network's parts, "Input 16 → hidden 64 → output 4", and where its weights come from. @param {View} view @param {import("../wire.js").Headline} data */
function fillNetwork(view, { parts, origin }) {
  const told = JSON.stringify([parts, origin]);
  if (told === view.told) return;
  view.told = told;
  view.network.hidden = !parts.length && !origin;
  view.network.replaceChildren();
  parts.forEach(({ label, row }, place) => {
    if (place) view.network.append(" → ");
    standFor(element("span", "headline-part", view.network, { textContent: label }), row);
  });
  view.network.append(parts.length && origin ? " · " : "", origin);
}
