// Keeps clicks, keys and focus right when one button replaces another. The second click of a double click reaches only the button that the
// first one reached: otherwise two clicks on Train would press the Pause that has taken its place meanwhile. And the focus goes on from the
// main button to the next one there: otherwise Tab would begin at the top of the page.

const DOUBLE_CLICK = 500; // ms, the usual limit of desktops
const SAME_PLACE = 8; // pixels between two clicks of a mouse
const SAME_TAP = 24; // pixels between two taps of a finger
const PRESSABLE = "button, a, [role=button], [role=menuitem], [role=option]";
const MAIN = ".st-key-drive"; // around a page's main button

/** @typedef {{name: string, at: number, x: number, y: number}} Click on what is called so; when, and where in the window */

/** @type {Click | null} */
let last = null;
/** The main button that had the focus last. @type {Element | undefined} */
let focused;

const replaced = new MutationObserver(focusNext);
document.addEventListener("click", onClick, true); // once, for good, over all pages
document.addEventListener("focusin", onFocus);
document.addEventListener("keydown", onHeldKey, true);
document.addEventListener("pointerdown", ({ target }) => isMain(target) || replaced.disconnect(), true);

export default function () {}

/** @param {MouseEvent} event */
function onClick(event) {
  if (event.detail === 0) return; // by key, or by a script
  const pressed = event.target instanceof Element ? event.target.closest(PRESSABLE) : null;
  // biome-ignore lint/performance/useDomNodeTextContent: what is seen; a button's hidden words may change between two clicks
  const name = pressed instanceof HTMLElement ? pressed.innerText : "";
  const click = { name, at: event.timeStamp, x: event.clientX, y: event.clientY };
  const near = event instanceof PointerEvent && event.pointerType === "touch" ? SAME_TAP : SAME_PLACE;
  const isSecond = last && click.at - last.at < DOUBLE_CLICK && Math.hypot(click.x - last.x, click.y - last.y) < near;
  if (isSecond && last?.name && click.name !== last.name) {
    event.stopImmediatePropagation();
    event.preventDefault();
    return;
  }
  last = click;
}

/** @param {FocusEvent} event */
function onFocus({ target }) {
  replaced.disconnect();
  if (!isMain(target)) return;
  focused = target;
  replaced.observe(document.body, { childList: true, subtree: true });
}

function focusNext() {
  if (document.activeElement !== document.body || focused?.isConnected) return;
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`${MAIN} button:not(:disabled)`));
  [...buttons].find((button) => button.checkVisibility())?.focus({ preventScroll: true }); // Streamlit makes one for wide and one for narrow screens
}

/** A key that is held presses the main button once, not the next one too. @param {KeyboardEvent} event */
function onHeldKey(event) {
  if (event.repeat && event.key === "Enter" && isMain(event.target)) event.preventDefault();
}

/** @param {EventTarget | null} target @returns {target is Element} */
function isMain(target) {
  return target instanceof Element && target.closest(MAIN) !== null;
}
