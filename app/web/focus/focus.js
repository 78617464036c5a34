// Gives the focus to the first button or expander of the popover or insight that this is in, when it opens; of an insight, not to the one that closes it, nor to a
// name that explains itself, if there is another. The button may come later, what isn't seen yet takes no focus, and one that is drawn anew loses it, so it is given
// until the visitor does something.

const PATIENCE = 10_000; // milliseconds
const LAST = ".st-key-insight_back *, .st-key-insight .control *"; // get it where nothing else does

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const end = performance.now() + PATIENCE;
  const acted = new AbortController();
  for (const type of ["keydown", "pointerdown"])
    document.addEventListener(type, () => acted.abort(), { capture: true, signal: acted.signal });

  /** What got the focus here for want of something better. @type {HTMLElement | undefined} */
  let poor;

  function take() {
    const popover = parentElement.closest("[data-testid=stPopoverBody], .st-key-insight");
    const active = document.activeElement;
    if (popover && (!popover.contains(active) || active === poor)) {
      if (done.has(popover) && active !== document.body && active !== poor) return acted.abort();
      const found = /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("button:not(:disabled), summary"));
      const seen = [...found].filter((node) => node.checkVisibility()); // Streamlit makes one for wide and one for narrow screens
      const best = seen.find((node) => !node.matches(LAST));
      poor = best ? undefined : seen[0];
      (best ?? poor)?.focus();
    }
    if (popover?.contains(document.activeElement)) done.add(popover);
    if (acted.signal.aborted) return;
    if (performance.now() < end) requestAnimationFrame(take);
    else acted.abort();
  }
  take();
}
