// The second click of a double click reaches only the button that the first one reached. Otherwise two clicks on Train would press the
// Pause that has taken its place meanwhile.

const DOUBLE_CLICK = 500; // ms, the usual limit of desktops
const SAME_PLACE = 8; // pixels between two clicks of a mouse
const SAME_TAP = 24; // pixels between two taps of a finger
const PRESSABLE = "button, a, [role=button], [role=menuitem], [role=option]";

let last = null;

export default function () {
  const { dataset } = document.documentElement;
  if (dataset.clicks) return; // for good, over all pages
  dataset.clicks = "guarded";
  document.addEventListener("click", onClick, true);
}

function onClick(event) {
  if (event.detail === 0) return; // by key, or by a script
  const name = event.target.closest?.(PRESSABLE)?.innerText ?? "";
  const click = { name, at: event.timeStamp, x: event.clientX, y: event.clientY };
  const near = event.pointerType === "touch" ? SAME_TAP : SAME_PLACE;
  const isSecond = last && click.at - last.at < DOUBLE_CLICK && Math.hypot(click.x - last.x, click.y - last.y) < near;
  if (isSecond && last.name && click.name !== last.name) {
    event.stopImmediatePropagation();
    event.preventDefault();
    return;
  }
  last = click;
}
