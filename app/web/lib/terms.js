// Words of the glossary in what the app says: underlined by dots, and explained where the pointer rests on them or a finger taps them. They
// take no place in the order of Tab; the Explain menu lists them all.

import { element } from "./dom.js";
import { inDigits } from "./numbers.js";
import { split } from "./split.js";
import { CLOSES_AFTER, OPENS_AFTER, openTip } from "./tip.js";

/** @typedef {import("../wire.js").Glossary} Glossary */

const answer = await fetch(new URL("../glossary.json", import.meta.url));
/** @type {Glossary} */
const glossary = await answer.json();
const explanations = new Map(glossary.terms.map(({ word, explanation }) => [word, explanation]));

const tip = element("div", "tip", null, { popover: "manual", role: "tooltip" });
tip.dataset.side = "below";
let dt = 0; // seconds of a step, once a view knows

/** @param {number} seconds of a time step of what is shown */
export function setTimeStep(seconds) {
  dt = seconds;
}

/** Like `setText`, with the words of the glossary marked. @param {HTMLElement} node @param {string} text */
export function setTerms(node, text) {
  if (node.textContent !== text) node.replaceChildren(...split(text, glossary).map(({ text, word }) => (word ? marked(text, word) : text)));
}

/** @param {string} text @param {string} word */
function marked(text, word) {
  const node = element("span", "term", null, { textContent: text });
  node.dataset.term = word;
  return node;
}

/** @param {string} word */
function explained(word) {
  const more = dt ? (glossary.ofThisRun[word] ?? "") : "";
  const numbers = /** @type {Record<string, string>} */ ({ dt: inDigits(1000 * dt), fastest: inDigits(1 / dt) });
  const said = more.replace(/{(\w+)}/g, (_, name) => numbers[name]);
  return [explanations.get(word), said].filter(Boolean).join(" ");
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** What the tooltip explains. @type {HTMLElement | null} */
let shown = null;
/** @type {() => void} */
let close = () => {};

/** @param {HTMLElement} term */
function show(term) {
  const word = term.dataset.term ?? "";
  if (term === shown || !term.isConnected || !explanations.has(word)) return;
  document.body.append(tip);
  tip.textContent = explained(word);
  const holds = (/** @type {Node | null} */ node) => term.contains(node) || tip.contains(node);
  close = openTip(tip, term, holds, {
    onClose: () => {
      shown = null;
    },
  });
  shown = term;
}

/** @param {Event} event */
const termOf = ({ target }) => (target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(".term")) : null);

document.addEventListener("pointerover", (event) => {
  const { pointerType, buttons, target } = event;
  if (pointerType !== "mouse" || buttons) return;
  const term = termOf(event);
  clearTimeout(timer);
  if (term && term !== shown) timer = setTimeout(() => show(term), OPENS_AFTER);
  else if (shown && !term && !tip.contains(/** @type {Node} */ (target))) timer = setTimeout(() => close(), CLOSES_AFTER);
});
document.addEventListener("click", (event) => {
  const term = termOf(event);
  if (!term) return;
  clearTimeout(timer);
  show(term);
});
