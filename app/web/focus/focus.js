// Gives the focus to the first button of the popover that this is in, once, when it opens; on a slow connection the button comes later.

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const popover = parentElement.closest("[data-testid=stPopoverBody]");
  if (!popover || done.has(popover)) return;
  done.add(popover);
  const waiting = new MutationObserver(take);
  function take() {
    const first = /** @type {HTMLElement | null} */ (popover?.querySelector("button:not(:disabled)"));
    if (!first) return;
    waiting.disconnect();
    first.focus();
  }
  requestAnimationFrame(() => {
    waiting.observe(popover, { childList: true, subtree: true });
    take();
  });
}
