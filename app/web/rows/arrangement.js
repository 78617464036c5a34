// The nodes that a figure needs: a section for each layer, a canvas for each row. Nodes that are there already stay.

import { element, placeChildren } from "../lib/dom.js";
import { standFor } from "../lib/pointed.js";
import { setTerms } from "../lib/terms.js";
import { rem, unit } from "../lib/unit.js";
import { createHeading, fillHeading } from "./headings.js";
import { kindOf } from "./kinds/kinds.js";
import { addPlayButton, stopPlaying } from "./playing.js";
import { addBackButton } from "./running.js";

/** @typedef {import("./rows.js").View} View */
/** @typedef {import("../wire.js").RowsGroup} RowsGroup */
/** @typedef {ReturnType<typeof createSection>} Section */
/** @typedef {ReturnType<typeof createRow>} RowNodes */

const NARROW = 500; // units
const KEYS = "Arrow keys move the cursor, Enter selects, plus and minus zoom, 0 shows the whole run.";

/** @param {View} view */
const isNarrow = ({ root }) => root.clientWidth / unit() < NARROW;

/** How high a row is at least, in units. @param {View} view @param {import("./kinds/kinds.js").Row} row */
export const leastHeight = (view, { height, narrow }) => (view.isNarrow && narrow) || height;

/** Whether the rows were arranged for another width. @param {View} view */
export const fitsNoMore = (view) => view.isNarrow !== isNarrow(view);

/** Makes the nodes that the figure needs, keeps those that are there, and fills in the words. @param {View} view */
export function arrange(view) {
  const { header } = view;
  view.root.setAttribute("aria-label", `${header.description} ${KEYS}`);
  view.isNarrow = isNarrow(view);
  view.rows = [];
  /** @type {Map<string, Section>} */
  const sections = new Map();
  /** @type {Map<string, RowNodes>} */
  const canvases = new Map();
  let hasButton = false; // one button plays all rows
  for (const group of header.groups) {
    const section = view.sections.get(group.layer) ?? createSection(view.acts, group);
    sections.set(group.layer, section);
    standFor(section.root, group.layer);
    section.root.dataset.outside = group.outside ?? "";
    fillHeading(view.acts, section.heading, group);
    const nodes = group.rows.map((row, number) => {
      const name = `${group.layer} ${number} ${row.kind}`;
      const made = view.canvases.get(name) ?? createRow(row.height);
      canvases.set(name, made);
      setTerms(made.title, row.title ?? "");
      made.canvas.dataset.kind = row.kind;
      made.root.classList.toggle("rows-apart", kindOf(row).runsOver !== "time");
      if (kindOf(row).runsOver === "moment" && !made.caption.querySelector("button")) addPlayButton(view, made.caption);
      if (row.appears === "back" && !hasButton) {
        hasButton = true;
        if (!made.caption.querySelector("button")) addBackButton(view, made.caption);
      }
      view.rows.push({ row, group, canvas: made.canvas, height: leastHeight(view, row) });
      return made.root;
    });
    placeChildren(section.body, nodes);
  }
  placeChildren(
    view.body,
    [...sections.values()].map(({ root }) => root),
  );
  Object.assign(view, { sections, canvases });
  if (!view.rows.some(({ row }) => kindOf(row).runsOver === "moment")) stopPlaying(view);
}

/** @param {import("./acts.js").RowActs} acts @param {RowsGroup} group */
function createSection(acts, group) {
  const root = element("section", "rows-group");
  root.dataset.layer = group.layer;
  return { root, heading: createHeading(acts, group, root), body: element("div", "", root) };
}

/** @param {number} height in units */
function createRow(height) {
  const root = element("div", "rows-row");
  const caption = element("div", "rows-caption", root);
  const title = element("span", "", caption);
  const canvas = element("canvas", "", root);
  canvas.setAttribute("aria-hidden", "true");
  canvas.style.height = rem(height);
  return { root, caption, title, canvas };
}
