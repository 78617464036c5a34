// Buttons that save what the page shows. Reads the page only.

import { button, element } from "../lib/dom.js";
import { stylesheet } from "../lib/style.js";
import { lastingView } from "../lib/view.js";
import { png } from "./png.js";
import { sheetOf } from "./sheet.js";
import { svg } from "./svg.js";

await stylesheet(new URL("pictures.css", import.meta.url));

const KEPT = 60_000; // milliseconds after which the browser has surely taken a file

export default lastingView({ create, update: () => {} });

/** @param {HTMLElement} parent */
function create(parent) {
  const root = element("div", "pictures", parent);
  /** @param {() => Promise<string>} save */
  const saving = (save) => async () => {
    message.textContent = await save().catch((error) => `The picture could not be made: ${error.message}.`);
  };
  button(root, "Picture (PNG)", saving(savePng), { title: "All plots of the page, at twice their size" });
  button(root, "Curves (SVG)", saving(saveSvg), { title: "The curves alone, for print" });
  const message = element("p", "pictures-message", root, { role: "status" });
  return root;
}

/** @returns {Promise<string>} what went wrong; empty where nothing did */
async function savePng() {
  const sheet = sheetOf(".plot[data-drawn], .rows[data-drawn], .neuron[data-drawn], .conversion[data-drawn]");
  if (!sheet) return "There is no plot on this page so far.";
  const picture = await png(sheet);
  if (!picture) return "The picture is larger than this browser can make; close some layers first.";
  download(picture, "snn-playground.png");
  return "";
}

/** @returns {Promise<string>} what went wrong; empty where nothing did */
async function saveSvg() {
  const sheet = sheetOf(".plot[data-drawn], .neuron[data-drawn], .conversion[data-drawn]");
  if (!sheet) return "There are no curves on this page so far.";
  download(await svg(sheet), "snn-playground-curves.svg");
  return "";
}

/** @param {Blob} content @param {string} name */
function download(content, name) {
  const link = element("a", "", null, { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
