// A radio group of tiles, each a picture and its name. Owns nodes, keyboard, and what is chosen until Python has answered.

import { Acts } from "../lib/acts.js";
import { element, placeChildren, setText } from "../lib/dom.js";
import { ARROWS } from "../lib/keys.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";
import { drawPicture, unpackPicture } from "./picture.js";

await stylesheet(new URL("gallery.css", import.meta.url));

/**
 * @typedef {import("../wire.js").Gallery} Data
 * @typedef {ReturnType<typeof createTile>} Tile
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const root = element("div", "gallery", parent, { role: "radiogroup", ariaLabel: data.label });
  const view = {
    acts: /** @type {Acts<import("../wire.js").ChooseAct>} */ (new Acts()),
    root,
    tiles: /** @type {Map<string, Tile>} */ (new Map()),
    chosen: data.chosen,
    palette: data.palette,
    resizes: new ResizeObserver(() => draw(view)),
  };
  view.resizes.observe(root);
  root.addEventListener("keydown", (event) => onArrow(view, event));
  return view;
}

/** @param {View} view */
function destroy({ resizes }) {
  resizes.disconnect();
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const { root, tiles, acts } = view;
  acts.update(send, data.answered);
  view.palette = data.palette;
  const hadFocus = root.contains(document.activeElement);
  const kinds = data.tiles.map(({ kind }) => kind);
  for (const kind of tiles.keys()) if (!kinds.includes(kind)) tiles.delete(kind);
  const shown = data.tiles.map(({ kind, name, picture }) => {
    const tile = tiles.get(kind) ?? createTile(kind, () => choose(view, kind));
    tiles.set(kind, tile);
    setText(tile.name, name);
    tile.picture = picture ? unpackPicture(picture) : null;
    return tile.root;
  });
  placeChildren(root, shown);
  if (!acts.unanswered.length) mark(view, data.chosen); // the answer to an earlier choice doesn't undo the last one
  if (hadFocus && !root.contains(document.activeElement)) tiles.get(view.chosen)?.root.focus();
  draw(view);
}

/** @param {string} kind @param {() => void} onclick */
function createTile(kind, onclick) {
  const root = element("button", "gallery-tile", null, { type: "button", role: "radio", onclick });
  root.dataset.kind = kind;
  const canvas = element("canvas", "gallery-picture", root, { ariaHidden: "true" });
  const name = element("span", "gallery-name", root);
  return { root, canvas, name, picture: /** @type {import("./picture.js").Picture | null} */ (null) };
}

/** @param {View} view */
function draw({ tiles, palette }) {
  for (const { canvas, picture } of tiles.values()) drawPicture(canvas, picture, palette);
}

/** @param {View} view @param {string} kind */
function choose(view, kind) {
  if (kind === view.chosen) return;
  mark(view, kind);
  view.acts.tellLatest({ do: "choose", kind });
}

/** The chosen tile is also the one that Tab comes to. @param {View} view @param {string} chosen */
function mark(view, chosen) {
  view.chosen = chosen;
  for (const [kind, { root }] of view.tiles) {
    root.setAttribute("aria-checked", String(kind === chosen));
    root.tabIndex = kind === chosen ? 0 : -1;
  }
}

/**
 * As in any radio group an arrow key moves to the next tile and chooses it, and from the last one to the first.
 * @param {View} view @param {KeyboardEvent} event
 */
function onArrow(view, event) {
  const step = ARROWS[event.key]?.find(Boolean);
  if (!step || event.shiftKey) return;
  const kinds = [...view.root.children].map((node) => /** @type {HTMLElement} */ (node).dataset.kind ?? "");
  const focused = kinds.findIndex((kind) => view.tiles.get(kind)?.root === event.target);
  const next = kinds[(focused + step + kinds.length) % kinds.length];
  view.tiles.get(next)?.root.focus();
  choose(view, next);
  event.preventDefault();
}
