// The kinds of rows in one table. Whoever draws a row, reads it or picks something in it asks its kind.

import { bars } from "./bars.js";
import { heatmap } from "./heatmap.js";
import { maps } from "./maps.js";
import { raster } from "./raster.js";
import { traces } from "./traces.js";
import { weights } from "./weights.js";

/** @typedef {import("../../wire.js").RowsGroup["rows"][number]} Row */

/**
 * Where the cursor stands in a row.
 * @typedef {object} Spot
 * @property {number} time
 * @property {number} line
 * @property {number} [neuron] under the pointer, where lines don't tell
 */

/**
 * @template {Row} Kind
 * @typedef {object} RowKind
 * @property {"time" | "values" | "moment"} runsOver what lies along the row: the time steps; values, each a line of its own for the cursor;
 *   or pictures of one moment, which play
 * @property {(stage: import("../stage.js").Stage, row: Kind) => void} draw
 * @property {(arrays: import("../stage.js").Values[], row: Kind) => number} lines how many the cursor can stand on
 * @property {(field: import("../stage.js").Field, row: Kind, left: number, top: number) => Partial<Spot> | null} hit
 *   what lies under a place, in pixels from the row's corner
 * @property {(field: import("../stage.js").Field, row: Kind, spot: Spot, who: string) => string} say
 *   what is at a spot, in words; `who` is the layer's name
 * @property {(row: Kind, spot: Spot, add: boolean, arrays: import("../stage.js").Values[]) => import("../acts.js").Act | null} pick
 *   what a pick there tells; `add`: beside others
 */

export const KINDS = { raster, traces, heatmap, bars, weights, maps };

/** @param {Row} row */
export const kindOf = (row) => /** @type {RowKind<Row>} */ (KINDS[row.kind]);
