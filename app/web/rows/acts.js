// What rows tell Python.

/** @typedef {import("../wire.js").RowsAct} Act */
/** @typedef {import("../lib/acts.js").Acts<Act>} RowActs */

/**
 * A pick of a neuron, or of a drawn line, of which Python knows the neurons; null where nothing can be picked.
 * @param {{pick?: number | null}} row
 * @param {boolean} add
 * @param {{row: number} | {neuron: number}} what
 * @returns {Act | null}
 */
export const pickOf = ({ pick }, add, what) => (pick == null ? null : { do: "pick", layer: pick, add, ...what });
