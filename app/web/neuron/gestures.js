// Presses, drags and arrow keys.

import { ARROWS, LEAP } from "../lib/keys.js";

/** Whether it was the first button; then nothing else takes the press. @param {PointerEvent} pressed */
export function begins(pressed) {
  if (pressed.button) return false;
  pressed.preventDefault();
  pressed.stopPropagation();
  return true;
}

/**
 * Calls `move` for each move of the pointer until it is let go, then `end`.
 * @param {HTMLElement} node
 * @param {PointerEvent} pressed
 * @param {(event: PointerEvent) => void} move
 * @param {() => void} end
 */
export function follow(node, pressed, move, end) {
  node.setPointerCapture(pressed.pointerId);
  node.onpointermove = (event) => {
    if (event.pointerId === pressed.pointerId) move(event);
  };
  node.onlostpointercapture = () => {
    node.onpointermove = node.onlostpointercapture = null;
    end();
  };
}

/** How far an arrow key leads to the right and up, farther with Shift. @param {KeyboardEvent} event */
export function directionOf({ key, shiftKey }) {
  const [right, down] = ARROWS[key] ?? [0, 0];
  const far = shiftKey ? LEAP : 1;
  return [right * far, -down * far];
}
