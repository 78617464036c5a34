// Puts the focus into the menu or insight that this is in when it opens: on the first button or expander. The way back comes after all
// others, and names that show their note come last. It is tried again until the visitor acts: the button may come later, a hidden one takes
// no focus, and a redrawn one loses it. Whoever has moved on before this came keeps the focus.

const PATIENCE = 10_000; // milliseconds
const BACK = ".st-key-insight_back *";
const LAST = `${BACK}, .st-key-insight .control *`; // take it only where nothing else can, the way back first
const OPENED = "[data-testid=stPopover] [aria-expanded=true]"; // the button of the menu that is open
// The button of any menu, one of which an insight was opened by, and what the menu holds that may still be closing.
const MENU = "[data-testid=stPopover] *, [data-testid=stPopoverBody]:has([class*=st-key-insight-]) *";

/** @type {WeakSet<Element>} */
const done = new WeakSet();

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const end = performance.now() + PATIENCE;
  const acted = new AbortController();
  for (const type of ["keydown", "pointerdown"])
    document.addEventListener(type, () => acted.abort(), { capture: true, signal: acted.signal });

  /** One of the `LAST` that has the focus meanwhile. @type {HTMLElement | undefined} */
  let meanwhile;

  function take() {
    const popover = parentElement.closest("[data-testid=stPopoverBody], .st-key-insight");
    const active = document.activeElement;
    if (popover && (!popover.contains(active) || active === meanwhile)) {
      const opener = popover.matches(".st-key-insight") ? MENU : OPENED;
      const isElsewhere = active !== document.body && active !== meanwhile && (done.has(popover) || !active?.matches(opener));
      if (isElsewhere) return acted.abort();
      const found = /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll("button:not(:disabled), summary"));
      const seen = [...found].filter((node) => node.checkVisibility()); // Streamlit makes one for wide and one for narrow screens
      const best = seen.find((node) => !node.matches(LAST));
      meanwhile = best ? undefined : (seen.find((node) => node.matches(BACK)) ?? seen[0]);
      (best ?? meanwhile)?.focus();
    }
    if (popover?.contains(document.activeElement)) done.add(popover);
    if (acted.signal.aborted) return;
    if (performance.now() < end) requestAnimationFrame(take);
    else acted.abort();
  }
  take();
}
