// One frame for everything that changed since the last.

import { derive } from "./runs.js";

/**
 * Draws at the next frame, with `derives` what is in force runs again before.
 * @param {import("./state.js").View} view
 * @param {boolean} [derives]
 */
export function ask(view, derives = false) {
  view.derives ||= derives;
  view.frame ??= requestAnimationFrame(() => {
    view.frame = null;
    if (view.derives) derive(view);
    view.draw();
  });
}
