// What keys mean in every view.

export const LEAP = 10; // times as far with Shift

/** Columns and rows, to the right and down, that an arrow key leads. @type {Record<string, [number, number] | undefined>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
