// Gives the focus to the first button or expander of the popover or insight that this is in, when it opens. The button may come later, what isn't seen yet takes no
// focus, and one that is drawn anew loses it, so it is given until the visitor does something.

const PATIENCE = 10_000; // milliseconds

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const end = performance.now() + PATIENCE;
  const acted = new AbortController();
  for (const type of ["keydown", "pointerdown"])
    document.addEventListener(type, () => acted.abort(), { capture: true, signal: acted.signal });

  function take() {
    const popover = parentElement.closest("[data-testid=stPopoverBody], .st-key-insight");
    if (popover && !popover.contains(document.activeElement)) {
      if (done.has(popover) && document.activeElement !== document.body) return acted.abort();
      const found = /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("button:not(:disabled), summary"));
      [...found].find((node) => node.checkVisibility())?.focus(); // Streamlit makes one for wide and one for narrow screens
    }
    if (popover?.contains(document.activeElement)) done.add(popover);
    if (acted.signal.aborted) return;
    if (performance.now() < end) requestAnimationFrame(take);
    else acted.abort();
  }
  take();
}
