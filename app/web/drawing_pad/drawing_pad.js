// A pad to draw a digit on, with mouse, finger or keys. Beside it stands what the network gets of the drawing, and what it reads.

import { Acts } from "../lib/acts.js";
import { bytesOf } from "../lib/base64.js";
import { bitsOf } from "../lib/bits.js";
import { button, element, setText } from "../lib/dom.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { followUnit } from "../lib/unit.js";
import { drawImage, drawReadouts, drawSheet } from "./drawing.js";
import { fitted, inked, packed, SIDE } from "./ink.js";
import { listen } from "./pen.js";

await stylesheet(new URL("drawing_pad.css", import.meta.url));

/** @typedef {import("../wire.js").DrawingPad} Data */
/** @typedef {import("../lib/sent_view.js").Data<Data>} Sent */
/** @typedef {ReturnType<typeof create>} View */
/** @typedef {import("../wire.js").PadAct} PadAct */

const PEN = 4; // pixels of ink, on top of a digit of the data
const APART = 120; // milliseconds between two messages of an unfinished stroke
const KEYS = "Arrow keys move the pen, Space puts it down and lifts it, Delete clears the pad.";

/** What is on the pad, for as long as the page lives: the pad comes and goes. */
const sheet = {
  /** @type {import("./ink.js").Stroke[]} */
  strokes: [],
  /** The digit that is drawn on. @type {Uint8Array<ArrayBuffer> | null} */
  base: null,
};

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Sent} data */
function create(parent, { header: data }) {
  if (!sheet.strokes.length && !sheet.base && data.drawn) sheet.base = bitsOf(bytesOf(data.drawn)); // drawn before a reload
  const root = element("div", "pad", parent);
  const canvas = element("canvas", "pad-sheet", root, { tabIndex: 0, role: "application", ariaLabel: `Drawing pad. ${KEYS}` });
  const seen = element("div", "pad-seen", root);
  const image = element("canvas", "pad-image", seen, { role: "img", ariaLabel: "What the network gets: the ink in 8 by 8 blocks" });
  const readouts = element("canvas", "pad-readouts", seen, { role: "img" });
  const foot = element("div", "pad-foot", root);
  const view = {
    root,
    sheet: canvas,
    image,
    readouts,
    says: element("p", "pad-says", foot, { role: "status" }),
    data,
    strokes: sheet.strokes,
    base: sheet.base,
    baseNumber: data.baseNumber,
    pen: { x: 0.5, y: 0.5, isDown: false, isShown: false },
    toldAt: 0,
    told: packed(inkOf(sheet)), // the ink that Python knows of
    /** @type {Acts<PadAct>} */
    acts: new Acts(),
    ended: new AbortController(),
  };
  const buttons = element("div", "pad-buttons", foot);
  button(buttons, "Clear", () => clear(view), { title: "Delete, while the pad has the focus" });
  button(buttons, "Draw on the picked digit", () => view.acts.tellLatest({ do: "take" }));
  listen(view, { changed, clear });
  const again = () => redraw(view);
  const resizes = new ResizeObserver(again);
  resizes.observe(root);
  followUnit(again, view.ended.signal);
  view.ended.signal.addEventListener("abort", () => resizes.disconnect());
  return view;
}

/** @param {View} view @param {Sent} data @param {(name: string, value: unknown) => void} send */
function update(view, { header: data }, send) {
  view.data = data;
  view.acts.update(send, data.answered);
  if (data.baseNumber !== view.baseNumber) {
    view.baseNumber = data.baseNumber;
    view.base = bitsOf(bytesOf(data.base));
    view.strokes = [];
    tell(view);
  }
  setText(view.says, data.says);
  view.readouts.setAttribute("aria-label", data.description);
  redraw(view);
  view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
}

/** @param {View} view */
function redraw(view) {
  drawSheet(view);
  drawImage(view.image, view.data);
  drawReadouts(view.readouts, view.data);
}

/** Shows a stroke that has grown, and tells of it now and then. @param {View} view @param {boolean} isFinished */
function changed(view, isFinished) {
  drawSheet(view);
  const now = performance.now();
  if (isFinished || now - view.toldAt > APART) tell(view);
}

/** @param {View} view @param {boolean} [again] also if Python knows the ink */
function tell(view, again = false) {
  view.toldAt = performance.now();
  Object.assign(sheet, { strokes: view.strokes, base: view.base });
  const ink = packed(inkOf(view));
  if (ink === view.told && !again) return;
  view.told = ink;
  view.acts.tellLatest({ do: "draw", ink });
}

/** @param {typeof sheet} drawn */
const inkOf = ({ strokes, base }) => (base ? inked(strokes.map(inPixels), PEN, base.slice()) : fitted(strokes));

/** @param {import("./ink.js").Stroke} stroke @returns {import("./ink.js").Stroke} */
const inPixels = (stroke) => stroke.map(([x, y]) => [x * SIDE, y * SIDE]);

/** @param {View} view */
function clear(view) {
  Object.assign(view, { strokes: [], base: null });
  view.pen.isDown = false;
  drawSheet(view);
  tell(view, true);
}

/** @param {View} view */
function destroy({ ended }) {
  ended.abort();
}
