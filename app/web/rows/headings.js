// The heading of a layer: its name, which opens it, numbers, and notes with the buttons that fix it.

import { button, element, setText } from "../lib/dom.js";
import { setTerms } from "../lib/terms.js";

/** @typedef {import("./acts.js").RowActs} RowActs */
/** @typedef {import("../wire.js").RowsGroup} RowsGroup */
/** @typedef {ReturnType<typeof createHeading>} Heading */

const OPENS = "Currents, rates, intervals, operations, weights";

/** @param {RowActs} acts @param {RowsGroup} group @param {Node} parent */
export function createHeading(acts, { layer, open }, parent) {
  const opens = open !== undefined;
  const root = element("div", "rows-heading", parent);
  /** @param {"open" | "heatmap"} what */
  const toggle = (what) => acts.tell({ do: "toggle", layer: Number(layer), what });
  const title = opens
    ? button(root, "", () => toggle("open"), { className: "rows-title", title: OPENS })
    : element("span", "rows-title", root);
  const words = element("span", "rows-words", root);
  const chosen = opens ? button(root, "", () => toggle("heatmap"), { className: "rows-switch" }) : null;
  return { title, words, chosen, note: element("div", "rows-note", root), told: "" };
}

/** @param {RowActs} acts @param {Heading} heading @param {RowsGroup} group */
export function fillHeading(acts, heading, { layer, title, words, notes, open, heatmap }) {
  setText(heading.title, title);
  setTerms(heading.words, words);
  if (!heading.chosen || !notes) return;
  heading.title.setAttribute("aria-expanded", String(open));
  setText(heading.chosen, heatmap ? "traces" : "all neurons");
  const told = JSON.stringify(notes);
  if (heading.told === told) return;
  heading.told = told;
  const hadFocus = heading.note.contains(document.activeElement);
  heading.note.replaceChildren();
  if (hadFocus) heading.title.focus(); // the button that was pressed is gone
  if (!notes.sentence) return;
  setTerms(element("span", "rows-sentence", heading.note), notes.sentence);
  notes.remedies.forEach((label, remedy) => {
    button(heading.note, label, () => acts.tell({ do: "remedy", layer: Number(layer), remedy }), { className: "rows-remedy" });
  });
}
