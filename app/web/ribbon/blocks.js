// Draws the blocks of the folding view on lasting nodes, so that they move from place to place.

import { element, setText } from "../lib/dom.js";
import { rem } from "../lib/unit.js";

const HEIGHT = 15; // units of a block

/**
 * @typedef {import("./arrangement.js").Block} Block
 * @typedef {import("./arrangement.js").Mark} Mark
 */

/**
 * Draws an arrangement into `place`; blocks that were there move to where they stand now.
 * @param {HTMLElement} place
 * @param {Map<string, HTMLElement>} nodes the blocks drawn so far, by sample and step
 * @param {import("./arrangement.js").Arrangement} arrangement
 */
export function drawBlocks(place, nodes, { blocks, marks, height }) {
  const unused = new Set(nodes.keys());
  for (const block of blocks) {
    const name = `${block.sample}/${block.step}`;
    unused.delete(name);
    const node = nodes.get(name) ?? newBlock(block);
    nodes.set(name, node);
    if (!node.parentElement) place.append(node);
    node.style.transform = `translate(${rem(block.x)}, ${rem(block.y)})`;
    node.style.width = rem(block.width);
    setText(node, block.isHead ? String(block.sample) : "");
  }
  for (const name of unused) {
    nodes.get(name)?.remove();
    nodes.delete(name);
  }
  for (const mark of place.querySelectorAll(".ribbon-mark")) mark.remove();
  place.append(...marks.map(newMark));
  place.style.height = rem(height);
}

/** @param {Block} block */
function newBlock({ sample, step }) {
  const node = element("span", "ribbon-block", null, { title: `sample ${sample}, step ${step}` });
  node.style.setProperty("--sample", String(sample));
  return node;
}

/** @param {Mark} mark */
function newMark({ text, kind, title, x, y }) {
  const node = element("span", `ribbon-mark ribbon-mark-${kind}`, null, { textContent: text, title });
  Object.assign(node.style, { left: rem(x), top: rem(y), lineHeight: rem(HEIGHT) });
  return node;
}
