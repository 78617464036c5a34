// How much of the window is free below what stands in it, so that plots can take it.

import { followUnit, unit } from "./unit.js";

const COLUMNS = ".stColumn > .stVerticalBlock, .neuron-main";

/** The outermost column that a node stands in. @param {Element} node @returns {Element | null} */
function columnOf(node) {
  const column = node.closest(COLUMNS);
  const outer = column?.parentElement && columnOf(column.parentElement);
  return outer || column;
}

/** Where what stands in a block ends, in pixels of the window; the block itself may be taller. @param {Element} block */
const endOf = (block) => Math.max(...Array.from(block.children, (child) => child.getBoundingClientRect().bottom));

/**
 * Units between the end of what stands in a node's column, and beneath, and the end of the window, with the page at its top; below 0 where
 * the page scrolls. A plot that takes them leaves 0, so that measuring and fitting come to an end.
 * @param {Element} node
 */
export function freeHeight(node) {
  const [page, scroller, column] = [node.closest(".stMainBlockContainer"), node.closest(".stMain"), columnOf(node)];
  const block = page?.firstElementChild;
  const holder = block && Array.from(block.children).find((child) => child.contains(node));
  if (!page || !scroller || !column || !holder) return 0;
  const beneath = endOf(block) - holder.getBoundingClientRect().bottom;
  const margin = Number.parseFloat(getComputedStyle(page).paddingBottom);
  const top = scroller.getBoundingClientRect().top - scroller.scrollTop;
  return (scroller.clientHeight - margin - (endOf(column) + beneath - top)) / unit();
}

/**
 * Calls back, at the next frame, when the window or the unit becomes another, or the size of anything that stands in the node's column.
 * @param {Element} node
 * @param {() => void} fit
 * @param {AbortSignal} signal ends it
 */
export function followRoom(node, fit, signal) {
  const column = columnOf(node);
  let frame = 0;
  const later = () => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!signal.aborted) fit();
    });
  };
  const resizes = new ResizeObserver(later);
  /** @param {Iterable<Node>} children */
  const follow = (children) => {
    for (const child of children) if (child instanceof Element) resizes.observe(child);
  };
  const changes = new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records) {
      follow(addedNodes);
      for (const gone of removedNodes) if (gone instanceof Element) resizes.unobserve(gone);
    }
    later();
  });
  follow([node, ...(column?.children ?? [])]);
  if (column) changes.observe(column, { childList: true });
  window.addEventListener("resize", later, { signal });
  followUnit(later, signal);
  signal.addEventListener("abort", () => {
    resizes.disconnect();
    changes.disconnect();
  });
}
