// Rows that stand in the place of others, and the key that leads back. The focus goes along, so that the next key is heard.

/** @typedef {import("./rows.js").View} View */

let isReturning = false;

/** @param {View} view */
export function goBack({ acts }) {
  isReturning = true;
  acts.tell({ do: "back" });
}

/** Whether new rows take the focus: those that came in place of others, and those that are come back to. @param {boolean} [isInPlace] */
export function takesFocus(isInPlace = false) {
  const takes = isInPlace || isReturning;
  isReturning = false;
  return takes;
}
