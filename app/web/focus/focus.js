// Puts the focus into the menu or insight that this is in when it opens: on the first button or expander. The way back comes after all
// others, and names that show their note come last. It is tried again until the visitor acts: the button may come later, a hidden one takes
// no focus, a redrawn one loses it, and a menu that closes late gives it back to its button. Whoever has moved on before this came keeps it.

const PATIENCE = 10_000; // milliseconds
const BACK = ".st-key-insight_back *";
const LAST = `${BACK}, .st-key-insight .control *`; // take it only where nothing else can, the way back first
const FIRST = "button:not(:disabled, [role=radio]), summary"; // Streamlit loads choices later than buttons
const OPENED = "[data-testid=stPopover] [aria-expanded=true]"; // the button of the menu that is open
// The button of any menu, one of which an insight was opened by, and what the menu holds that may still be closing.
const MENU = "[data-testid=stPopover] *, [data-testid=stPopoverBody]:has([class*=st-key-insight-]) *";

/** When each menu or insight first had the focus. @type {WeakMap<Element, number>} */
const hadFocus = new WeakMap();
let lastAct = -Infinity;
const onAct = () => {
  lastAct = performance.now();
};
for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, onAct, { capture: true });

/** @param {import("../lib/view.js").Call<unknown>} call */
export default function ({ parentElement }) {
  const begun = performance.now();
  /** One of the `LAST` that has the focus meanwhile. @type {HTMLElement | undefined} */
  let meanwhile;

  function take() {
    const popover = parentElement.closest("[data-testid=stPopoverBody], .st-key-insight");
    const active = document.activeElement;
    if (popover && (!popover.contains(active) || active === meanwhile)) {
      const opener = popover.matches(".st-key-insight") ? MENU : OPENED;
      const hasLeft = lastAct > (hadFocus.get(popover) ?? Infinity);
      if (active !== document.body && active !== meanwhile && (hasLeft || !active?.matches(opener))) return;
      const found = /** @type {NodeListOf<HTMLElement>} */ (popover.querySelectorAll(FIRST));
      const seen = [...found].filter((node) => node.checkVisibility()); // Streamlit makes one for wide and one for narrow screens
      const best = seen.find((node) => !node.matches(LAST));
      meanwhile = best ? undefined : (seen.find((node) => node.matches(BACK)) ?? seen[0]);
      (best ?? meanwhile)?.focus();
    }
    if (popover?.contains(document.activeElement) && !hadFocus.has(popover)) hadFocus.set(popover, performance.now());
    if (lastAct <= begun && performance.now() < begun + PATIENCE) requestAnimationFrame(take);
  }
  take();
}
