// Above the rows: the chain rule of the cell that is asked about, or what to do.

import { element, setText } from "../lib/dom.js";
import { setTerms } from "../lib/terms.js";
import { flowInWords, numbersAt, sumInWords } from "./chain.js";

/** @typedef {import("./rows.js").View} View */

/** Tells of the marked cell at once where the rows hold its numbers, else as soon as Python sends them. @param {View} view */
export function explain({ explained, header, arrays, rows, cell }) {
  const words = header.explains;
  explained.hidden = !words;
  explained.ariaLive = cell ? "polite" : "off"; // what is asked is read out
  if (!words) return;
  const row = cell && rows[cell.row]?.row;
  if (!cell || row?.kind !== "heatmap" || !row.chain) return show(explained, [inWords("plain-sentence", words.ask)]);
  const numbers = numbersAt(arrays, row, cell, words) ?? cell.numbers;
  if (!numbers) return;
  const sum = element("div", "rows-sum");
  for (const [place, told] of sumInWords(words, row.chain, numbers).entries()) addTerm(sum, ["", "="][place] ?? "+", told);
  show(explained, [sum, inWords("plain-caption", flowInWords(words, numbers))]);
}

/** @param {string} className @param {string} text */
function inWords(className, text) {
  const made = element("p", className);
  setTerms(made, text);
  return made;
}

/** Leaves alone what says so already, since screen readers would read it again. @param {HTMLElement} explained @param {HTMLElement[]} parts */
function show(explained, parts) {
  if (explained.textContent !== parts.map((part) => part.textContent).join("")) explained.replaceChildren(...parts);
}

/** @param {HTMLElement} sum @param {string} sign @param {import("./chain.js").Told} told */
function addTerm(sum, sign, { value, numbers, name }) {
  const term = element("span", "rows-term", sum);
  if (sign) setText(element("span", "rows-sign", term), sign);
  const words = element("span", "", term);
  setText(element("b", "", words), value);
  for (const text of [numbers, name]) if (text) setText(element("small", "", words), text);
}
