// The second click of a double click reaches only the button that the first one reached. Otherwise two clicks on Train would press the
// Pause that has taken its place meanwhile.

const DOUBLE_CLICK = 500; // ms, the usual limit of desktops
const SAME_PLACE = 8; // pixels between two clicks of a mouse
const SAME_TAP = 24; // pixels between two taps of a finger
const PRESSABLE = "button, a, [role=button], [role=menuitem], [role=option]";

/** @typedef {{name: string, at: number, x: number, y: number}} Click on what is called so; when, and where in the window */

/** @type {Click | null} */
let last = null;

document.addEventListener("click", onClick, true); // once, for good, over all pages

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
