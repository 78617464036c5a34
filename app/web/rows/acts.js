// What rows tell Python; `app/components/rows.py` says what comes of it.

/**
 * @typedef {{do: "pick", layer: number, add: boolean, row: number}
 *   | {do: "pick", layer: number, add: boolean, neuron: number}
 *   | {do: "ask", layer: number, row: number, time: number}
 *   | {do: "back"}
 *   | {do: "mark", neuron: number, time: number}
 *   | {do: "toggle", layer: number, what: "open" | "heatmap"}
 *   | {do: "remedy", layer: number, remedy: number}} Act
 */
/** @typedef {import("../lib/acts.js").Acts<Act>} RowActs */

/**
 * A pick of a neuron, or of a drawn line, of which Python knows the neurons; null where nothing can be picked.
 * @param {{pick?: number | null}} row
 * @param {boolean} add
 * @param {{row: number} | {neuron: number}} what
 * @returns {Act | null}
 */
export const pickOf = ({ pick }, add, what) => (pick == null ? null : { do: "pick", layer: pick, add, ...what });
