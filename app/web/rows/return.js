// Rows that stand in the place of others, and the key that leads back. The focus goes along, so that the next key is heard.

/** @typedef {import("./rows.js").View} View */

/** @type {View | null} the rows that are led back from */
let left = null;

/** @param {View} view */
export function goBack(view) {
  left = view;
  view.acts.tell({ do: "back" });
}

/** Notes rows that were drawn again after all: once they are answered, nothing comes in their place. @param {View} view */
export function stays(view) {
  if (left === view && !view.acts.unanswered.length) left = null;
}

/** Whether new rows take the focus: those that came in place of others, and those that are come back to. @param {boolean} [isInPlace] */
export function takesFocus(isInPlace = false) {
  const takes = isInPlace || left !== null;
  left = null;
  return takes;
}
