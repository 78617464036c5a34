// Everything that the page shows, in pixels: plots as plotly draws them, canvases as sharp as they are on the screen, and the words between.

import { contextOf, element } from "../lib/dom.js";
import { plotly } from "../lib/plotly.js";
import { unit } from "../lib/unit.js";
import { graphOf, isPainted, paint } from "./sheet.js";

const SCALE = 2; // pixels of a picture for one of the page
const UNSAID = "button:not(.rows-title), .rows-tip, .rows-readout"; // words that are not part of a picture

/**
 * @param {import("./sheet.js").Sheet} sheet
 * @returns {Promise<Blob | null>} null where it is larger than the browser can make
 */
export async function png({ nodes, left, top, width, height, background }) {
  const canvas = element("canvas", "", null, { width: width * SCALE, height: height * SCALE });
  const context = contextOf(canvas);
  context.scale(SCALE, SCALE);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  context.translate(-left, -top);
  for (const node of nodes) {
    if (node.matches(".rows")) drawRows(context, node);
    else if (isPainted(node)) paint(context, node);
    else await drawPlot(context, graphOf(node));
  }
  return new Promise((resolve) => canvas.toBlob(resolve));
}

/** @param {CanvasRenderingContext2D} context @param {HTMLElement} graph */
async function drawPlot(context, graph) {
  const { left, top, width, height } = graph.getBoundingClientRect();
  const picture = new Image();
  picture.src = await plotly().toImage(graph, { format: "png", width: width / unit(), height: height / unit(), scale: SCALE * unit() });
  await picture.decode();
  context.drawImage(picture, left, top, width, height);
}

/** The foot sticks to the window, but is drawn at the end of the rows. @param {CanvasRenderingContext2D} context @param {HTMLElement} root */
function drawRows(context, root) {
  const [foot, body] = [".rows-foot", ".rows-body"].map((part) => /** @type {HTMLElement} */ (root.querySelector(part)));
  const stuck = body.getBoundingClientRect().bottom - foot.getBoundingClientRect().top;
  context.imageSmoothingEnabled = SCALE % window.devicePixelRatio !== 0;
  for (const canvas of root.querySelectorAll("canvas")) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    context.drawImage(canvas, left, top + (foot.contains(canvas) ? stuck : 0), width, height);
  }
  drawWords(context, root);
}

/** Word by word, so that lines break where they do on the page. @param {CanvasRenderingContext2D} context @param {HTMLElement} root */
function drawWords(context, root) {
  const range = document.createRange();
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, ({ parentElement }) =>
    parentElement?.closest(UNSAID) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  context.textBaseline = "middle";
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { fontWeight, fontSize, fontFamily, color } = getComputedStyle(/** @type {Element} */ (text.parentElement));
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    context.fillStyle = color;
    for (const { 0: word, index } of (text.nodeValue ?? "").matchAll(/\S+/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const { left, top, height } = range.getBoundingClientRect();
      context.fillText(word, left, top + height / 2);
    }
  }
}
