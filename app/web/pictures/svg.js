// The curves of the page as vectors, for print.

import { plotly } from "../lib/plotly.js";
import { unit } from "../lib/unit.js";
import { graphOf, isPainted, paint } from "./sheet.js";
import { SvgContext } from "./svg_context.js";
import { setAttributes, svgNode } from "./svg_node.js";

/** @param {import("./sheet.js").Sheet} sheet @returns {Promise<Blob>} */
export async function svg({ nodes, left, top, width, height, background }) {
  const picture = svgNode("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(svgNode("rect", { width, height, fill: background }));
  const context = new SvgContext(picture);
  context.translate(-left, -top);
  for (const node of nodes) {
    if (isPainted(node)) paint(context, node);
    else picture.append(await curvesOf(graphOf(node), left, top));
  }
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
}

/** What plotly draws, placed in a picture. @param {HTMLElement} graph @param {number} left of the picture, in the window @param {number} top */
async function curvesOf(graph, left, top) {
  const box = graph.getBoundingClientRect();
  const [width, height] = [box.width / unit(), box.height / unit()];
  const text = await plotly().toImage(graph, { format: "svg", width, height, imageDataOnly: true });
  const curves = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const place = { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
  return setAttributes(curves, { ...place, viewBox: `0 0 ${width} ${height}` });
}
