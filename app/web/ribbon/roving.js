// Keys among the chips of the line, and among its shapes: Tab stops once at each, arrows lead on from there.

/** @type {Record<string, ((at: number, count: number) => number) | undefined>} */
const LEADS_TO = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: (_, count) => count - 1 };

/** @typedef {"chip" | "shape"} Kind squeeze and unsqueeze stand among the shapes */

/** @type {Record<Kind, string>} */
const SELECTORS = { chip: "button.ribbon-chip", shape: "button.ribbon-shape, button.ribbon-fold" };

/** Left and right, Home and End move among the chips, or among the shapes. @param {HTMLElement} line */
export function moveByKeys(line) {
  line.addEventListener("keydown", (event) => {
    const to = LEADS_TO[event.key];
    if (!to || !(event.target instanceof HTMLButtonElement)) return;
    const all = alike(line, kindOf(event.target));
    all[to(all.indexOf(event.target), all.length)]?.focus();
    event.preventDefault();
  });
  line.addEventListener("focusin", ({ target }) => target instanceof HTMLButtonElement && rove(line, target));
}

/**
 * After an update Tab comes to the focused or the selected one, else to where it came before, else to the first.
 * @param {HTMLElement} line @param {Kind} kind
 */
export function placeStop(line, kind) {
  const all = alike(line, kind);
  const stop =
    all.find((node) => node === document.activeElement) ??
    all.find((node) => node.getAttribute("aria-pressed") === "true") ??
    all.find((node) => node.tabIndex === 0) ??
    all[0];
  if (stop) rove(line, stop);
}

/**
 * The focused one of the chips, and of the shapes, is the one that Tab comes back to.
 * @param {HTMLElement} line @param {HTMLButtonElement} node
 */
function rove(line, node) {
  for (const other of alike(line, kindOf(node))) other.tabIndex = other === node ? 0 : -1;
}

/** @param {HTMLElement} node @returns {Kind} */
const kindOf = (node) => (node.classList.contains("ribbon-chip") ? "chip" : "shape");

/** @param {HTMLElement} line @param {Kind} kind @returns {HTMLButtonElement[]} */
const alike = (line, kind) => [...line.querySelectorAll(/** @type {"button"} */ (SELECTORS[kind]))];
