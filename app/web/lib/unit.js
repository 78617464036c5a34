// The unit that plots are measured in: a sixteenth of the page's type size (page/page.css), so that they grow with the type.

const TYPE = 16; // units

/** @type {Set<() => void>} */
const followers = new Set();
let pixels = 0;
let share = 1;

/** How many pixels a unit has. */
export const unit = () => pixels || begin();

/** What plots have at least, of the least heights that they are given. */
export const leastShare = () => share;

/** Units as a length of CSS. @param {number} units */
export const rem = (units) => `${units / TYPE}rem`;

/** Calls back whenever the unit becomes another. @param {() => void} follow @param {AbortSignal} signal ends it */
export function followUnit(follow, signal) {
  followers.add(follow);
  signal.addEventListener("abort", () => followers.delete(follow));
}

/** Measures for as long as the page lives, at a node that is as wide as the type is large. */
function begin() {
  const probe = document.createElement("div");
  probe.style.cssText = "position: absolute; visibility: hidden; width: 100rem; height: 0";
  new ResizeObserver(measure).observe(document.documentElement.appendChild(probe));
  measure();
  return pixels;
}

function measure() {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const now = Number.parseFloat(style.fontSize) / TYPE;
  if (now === pixels) return;
  pixels = now;
  share = Number.parseFloat(style.getPropertyValue("--least-share")) || 1;
  root.style.setProperty("--unit", String(now));
  for (const follow of followers) follow();
}
