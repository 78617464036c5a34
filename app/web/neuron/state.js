// What the view knows: what Python sent last, what is in force here, and what is drawn of it.

import { Acts } from "../lib/acts.js";
import { createNodes } from "./nodes.js";
import { decayTable } from "./parameters.js";
import { derived } from "./runs.js";

/** @typedef {import("../wire.js").NeuronData} NeuronData */
/** @typedef {import("../lib/sent_view.js").Data<NeuronData>} Data */
/** @typedef {import("./settings.js").Changes} Changes */
/** @typedef {import("./lanes.js").Range} Range */

/** Parts of a step, in turn. @typedef {"decay" | "input" | "compare" | "spike" | "reset" | "bound"} Part */

/** A run that is past, and what it was made of, as JSON. @typedef {{run: import("./scan.js").Run, p: import("./step.js").Parameters, made: string}} Ghost */

/** @typedef {import("../wire.js").NeuronLookAct} Look */
/** @typedef {import("../wire.js").NeuronAct} NeuronAct */

/**
 * @typedef {object} View
 * @property {import("./nodes.js").Nodes} nodes
 * @property {() => void} draw draws all that is in force, now
 *
 * @property {Data | null} data what was taken in last
 * @property {NeuronData} header what Python sent, its arrays aside
 * @property {Float32Array[]} arrays
 * @property {Map<number, number>} table exp(-1/τ) by τ
 * @property {import("./stimulus.js").Base} base Python's own input
 * @property {string} made what Python's run was made of, as JSON
 *
 * @property {Acts<NeuronAct>} acts what Python is told
 * @property {import("./settings.js").Settings} settings in force
 * @property {number} neuron the one that is shown large
 * @property {boolean} isDragging whether values change that Python will be told at the end
 * @property {Changes} unsent those values
 * @property {Ghost | null} ghost the run before the drag
 * @property {boolean} isGone whether the view has left the page; what still moves has nobody to tell
 *
 * @property {import("./step.js").Parameters} p the parameters in force
 * @property {import("./scan.js").Run} run
 * @property {import("./runs.js").Second[]} seconds runs to compare it with
 * @property {boolean} derives whether these three are out of date
 * @property {number | null} frame the next one, if it draws
 *
 * @property {number} at the step under the time cursor
 * @property {Part | null} part the part of it that is lit
 * @property {boolean} isPlaying
 * @property {ReturnType<typeof setTimeout> | undefined} timer of what goes on by itself
 *
 * @property {number} width of the plot in units
 * @property {number} room that the plot may fill, in units
 * @property {string} font
 * @property {string} measuredFor the window for which the last two were measured
 * @property {Record<import("./lanes.js").ScaledLane, Range>} ranges
 * @property {import("./lanes.js").Lane[]} lanes
 * @property {import("./equation.js").Piece[]} pieces of the equations
 * @property {string} noted the notes that are shown, as JSON
 * @property {Map<string, import("./handles.js").Held>} handles by name
 * @property {import("./panels.js").OpenedBy[]} panels
 *
 * @property {import("../controls/rows.js").Host} host of the rows of controls
 */

/** @type {Range} */
const UNSCALED = [0, 1];

/**
 * @param {HTMLElement} parent
 * @param {Data} data
 * @param {(view: View) => void} draw
 * @param {(nodes: import("./nodes.js").Nodes, view: () => View) => View["host"]} hostOf
 * @returns {View}
 */
export function createView(parent, data, draw, hostOf) {
  const received = read(data);
  const { header, settings } = received;
  const [, steps, neurons] = settings.input.shape;
  const neuron = Math.min(header.look.neuron, neurons - 1);
  const at = Math.min(Number(sessionStorage.neuronStep ?? Math.floor(steps / 4)), steps - 1);
  const ghost = null;
  const nodes = createNodes(parent);
  /** @type {View} */
  const view = {
    nodes,
    draw: () => draw(view),
    data: null,
    ...received,
    acts: new Acts(),
    neuron,
    isDragging: false,
    unsent: {},
    ghost,
    isGone: false,
    ...derived({ ...received, neuron, ghost }),
    derives: false,
    frame: null,
    at,
    part: null,
    isPlaying: false,
    timer: undefined,
    width: 0,
    room: 0,
    font: "",
    measuredFor: "",
    ranges: { input: UNSCALED, current: UNSCALED, trace: UNSCALED, difference: UNSCALED },
    lanes: [],
    pieces: [],
    noted: "",
    handles: new Map(),
    panels: [],
    host: hostOf(nodes, () => view),
  };
  return view;
}

/** What Python sent, and what follows from it alone. @param {Data} data */
export function read({ header, arrays: packed }) {
  const arrays = packed.map((values) => (values instanceof Float32Array ? values : Float32Array.from(values)));
  const { kind, models, input, dt } = header;
  const draws = header.draws === null ? null : arrays[header.draws];
  return {
    header,
    arrays,
    table: decayTable(header.decays),
    base: { input, z: arrays[header.z], draws, dt },
    settings: { kind, models, input },
    made: madeOf({ kind, models, input }),
  };
}

/** What a run is made of, as JSON. @param {import("./settings.js").Settings} settings */
export const madeOf = ({ kind, models, input }) => JSON.stringify([kind, models, input]);
