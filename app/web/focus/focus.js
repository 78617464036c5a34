// Gives the focus to the first button or expander of the popover that this is in, once, when it opens. The button may come later, and what isn't seen yet
// takes no focus, so it is tried until it has it.

const PATIENCE = 10_000; // milliseconds

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const popover = parentElement.closest("[data-testid=stPopoverBody]");
  if (!popover || done.has(popover)) return;
  done.add(popover);
  const end = performance.now() + PATIENCE;
  function take() {
    if (!popover?.isConnected || popover.contains(document.activeElement) || performance.now() > end) return;
    const found = /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("button:not(:disabled), summary"));
    [...found].find((node) => node.checkVisibility())?.focus(); // Streamlit makes one for wide and one for narrow screens
    requestAnimationFrame(take);
  }
  requestAnimationFrame(take);
}
