// Nodes that stand for the same layer, in whichever view: what is pointed at in one is marked in the others.

const MARK = "pointed";

/** @type {WeakSet<Element>} */
const listening = new WeakSet();

/** Has a node stand for a layer, by pointer and by focus. @param {HTMLElement} node @param {string} layer its place in the network, or "input" */
export function standFor(node, layer) {
  node.dataset.layer = layer;
  if (listening.has(node)) return;
  listening.add(node);
  for (const begins of ["pointerenter", "focusin"]) node.addEventListener(begins, () => pointAt(node.dataset.layer ?? null, node));
  for (const ends of ["pointerleave", "focusout"]) node.addEventListener(ends, () => pointAt(null));
}

/** Marks what stands for a layer, and nothing else. @param {string | null} layer @param {Element} [from] what isn't marked itself */
export function pointAt(layer, from) {
  for (const node of document.querySelectorAll("[data-layer]")) {
    node.classList.toggle(MARK, /** @type {HTMLElement} */ (node).dataset.layer === layer && node !== from);
  }
}
