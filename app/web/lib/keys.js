// What keys mean in every view.

export const LEAP = 10; // times as far with Shift

/** Columns and rows, to the right and down, that an arrow key leads. @type {Record<string, [number, number] | undefined>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const TYPED_INTO = "textarea, input:not([type=range], [type=checkbox], [type=radio])";
const CLOSED_LIST = "[role=combobox]:not([aria-expanded=true])"; // its field holds no text until it is opened

/** Whether text is typed into this, so that keys with Ctrl edit that text. @param {EventTarget | null} target */
export const isTypedInto = (target) => target instanceof Element && target.matches(TYPED_INTO) && !target.matches(CLOSED_LIST);

/** Key presses that closed something small, such as a tooltip. @type {WeakSet<Event>} */
const used = new WeakSet();

/** Marks a key press as done, so that an insight around it ignores it; the browser still gets it. @param {KeyboardEvent} event */
export const use = (event) => void used.add(event);

/** Whether a key press was prevented or marked. @param {KeyboardEvent} event */
export const isUsed = (event) => event.defaultPrevented || used.has(event);

/** What a key asks for, if it is one of those that undo and redo. @param {KeyboardEvent} event @returns {"undo" | "redo" | undefined} */
export function stepOf({ key, code, altKey, ctrlKey, metaKey, shiftKey }) {
  if (altKey || ctrlKey === metaKey) return undefined;
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase(); // by its place, if it types no Latin one
  if (letter === "z") return shiftKey ? "redo" : "undo";
  return letter === "y" && !shiftKey && ctrlKey ? "redo" : undefined; // Cmd+Y is the history of browsers on a Mac
}
