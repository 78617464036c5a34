// The rows of a network on one time axis. What a row is stands in Python, how it looks and is read in kinds/.

import { Acts } from "../lib/acts.js";
import { element } from "../lib/dom.js";
import { pointAt } from "../lib/pointed.js";
import { followRoom } from "../lib/room.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { setTimeStep } from "../lib/terms.js";
import { rem, unit } from "../lib/unit.js";
import { arrange, fitsNoMore } from "./arrangement.js";
import { explain } from "./explained.js";
import { fillRoom, keepHeights } from "./heights.js";
import { onKey } from "./keyboard.js";
import { stopPlaying } from "./playing.js";
import { listenToPointer } from "./pointer.js";
import { stays, takesFocus } from "./return.js";
import { appears, endRun, runOnce } from "./running.js";
import { redraw, setZoom } from "./sight.js";
import { AXIS_HEIGHT } from "./ticks.js";
import { shared } from "./visits.js";

await stylesheet(new URL("rows.css", import.meta.url));

/** @typedef {import("../wire.js").Rows} Header */
/** A row where it is drawn, as high as it is, in units. @typedef {{row: import("./kinds/kinds.js").Row, group: import("../wire.js").RowsGroup, canvas: HTMLCanvasElement, height: number}} Drawn */
/** @typedef {import("../lib/sent_view.js").Data<Header>} Data */
/** @typedef {ReturnType<typeof create>} View */

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, { header, arrays }) {
  const explained = element("div", "rows-explained", parent, { hidden: true });
  const root = element("div", "rows", parent, { tabIndex: 0, role: "group" });
  const body = element("div", "rows-body", root);
  const foot = element("div", "rows-foot", root);
  const axisCanvas = element("canvas", "", element("div", "rows-axis", foot), { ariaHidden: "true" });
  axisCanvas.style.height = rem(AXIS_HEIGHT);
  const whole = element("button", "rows-whole", foot, {
    textContent: "Whole run",
    title: "Ends the zoom: key 0, or a double click",
    hidden: true,
  });
  const readout = element("p", "rows-readout", foot, { role: "status" });
  const links = element("canvas", "rows-links", root, { ariaHidden: "true" });
  const [cursor, zoomed, tip] = ["cursor", "zoom", "tip"].map((name) => element("div", `rows-${name}`, root, { ariaHidden: "true" }));
  const view = {
    root,
    explained,
    body,
    foot,
    links,
    axisCanvas,
    whole,
    readout,
    cursor,
    zoomed,
    tip,
    header,
    arrays,
    /** @type {Data | null} */
    drawn: null,
    /** @type {Drawn[]} */
    rows: [],
    /** @type {Map<string, import("./arrangement.js").Section>} */
    sections: new Map(),
    /** @type {Map<string, import("./arrangement.js").RowNodes>} */
    canvases: new Map(),
    font: "",
    heights: /** @type {number[]} */ ([]), // of the rows, in units
    shape: "", // what the rows' heights were shared for, as text
    size: "", // width and unit that the rows are drawn for, as text
    isNarrow: false,
    isDragged: false,
    /** @type {import("./zoom.js").Range | null} */
    zoom: null,
    /** @type {import("./cursor.js").Place | null} */
    at: null,
    /** @type {ReturnType<typeof setInterval> | null} */
    playing: null,
    /** The frame of a single run through time, forward or back. @type {number} */
    running: 0,
    /** The time step that it has come to. @type {number | null} */
    front: null,
    /** @type {import("../wire.js").RowsCell | null} */
    cell: null,
    /** @type {import("./acts.js").RowActs} */
    acts: new Acts(),
    ended: new AbortController(),
  };
  listen(view);
  if (takesFocus(header.back)) root.focus({ preventScroll: true });
  return view;
}

/** @param {View} view */
function listen(view) {
  const { root, ended } = view;
  followRoom(root, () => view.drawn && resized(view), ended.signal);
  followFoot(view);
  view.whole.onclick = () => setZoom(view, null);
  root.addEventListener("keydown", (event) => onKey(view, event), { signal: ended.signal });
  root.addEventListener("blur", () => pointAt(null), { signal: ended.signal });
  listenToPointer(view, ended.signal);
  shared.add(view);
}

/** Marks the foot while it lies over rows that go on below it. @param {View} view */
function followFoot({ body, foot, ended }) {
  const end = element("div", "");
  body.after(end);
  /** @type {IntersectionObserver | null} */
  let seen = null;
  const sizes = new ResizeObserver(() => {
    seen?.disconnect();
    seen = new IntersectionObserver(
      ([{ isIntersecting, boundingClientRect }]) => foot.classList.toggle("rows-stuck", !isIntersecting && boundingClientRect.top > 0),
      { rootMargin: `0px 0px ${1 - foot.offsetHeight}px 0px` },
    );
    seen.observe(end);
  });
  sizes.observe(foot);
  ended.signal.addEventListener("abort", () => {
    sizes.disconnect();
    seen?.disconnect();
  });
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const isNew = view.drawn !== data;
  const { plays } = view.header;
  const isFirst = !view.drawn;
  if (isNew && !isFirst) take(view, data);
  view.acts.update(send, view.header.answered);
  stays(view);
  if (!isNew) return;
  view.drawn = data;
  if (!view.cell || !view.acts.unanswered.some((act) => act.do === "ask")) view.cell = view.header.cell ?? null;
  setTimeStep(view.header.dt);
  arrange(view);
  explain(view);
  if (!keepHeights(view)) fillRoom(view);
  redraw(view);
  if (isFirst ? appears(view) && plays !== undefined : plays !== view.header.plays) play(view);
  view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
}

/** @param {View} view */
function play(view) {
  if (view.header.plays === undefined) endRun(view);
  else runOnce(view);
}

/** Takes a new figure; a zoom beyond the end of a shorter run ends. @param {View} view @param {Data} data */
function take(view, data) {
  const before = view.header.steps;
  Object.assign(view, data);
  const { steps } = view.header;
  if (view.zoom && before !== steps && view.zoom[1] > steps) view.zoom = null;
}

/** @param {View} view */
function resized(view) {
  if (fitsNoMore(view)) arrange(view);
  const size = `${view.root.clientWidth} ${unit()}`;
  if (!fillRoom(view) && size === view.size) return;
  view.size = size;
  redraw(view);
}

/** @param {View} view */
function destroy(view) {
  shared.delete(view);
  view.ended.abort();
  stopPlaying(view);
}
