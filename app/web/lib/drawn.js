// Which drawing of the whole page this browser has seen: Python draws parts alone only where the last whole page was surely sent.

/** `number` is null until a page has told its own. @type {{number: number | null}} */
export const drawn = { number: null };
