// Gives the focus to the first button of the popover that this is in, once, when it opens.

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const popover = parentElement.closest("[data-testid=stPopoverBody]");
  if (!popover || done.has(popover)) return;
  done.add(popover);
  requestAnimationFrame(() => {
    /** @type {HTMLElement | null} */ (popover.querySelector("button:not(:disabled)"))?.focus();
  });
}
