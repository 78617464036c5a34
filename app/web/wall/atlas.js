// All images of a wall on one canvas, drawn once.

import { channels } from "../lib/color.js";
import { contextOf } from "../lib/dom.js";

const FULL = 255;

/**
 * A canvas with all images, `perRow` in a row, in a colour that is as opaque as each pixel is bright.
 * @param {ArrayLike<number>} pixels from 0 to 255
 * @param {[number, number]} size height and width of an image
 * @param {string} color as #rrggbb
 */
export function atlasOf(pixels, [height, width], color) {
  const count = pixels.length / (height * width);
  const columns = perRow(count);
  const canvas = Object.assign(document.createElement("canvas"), { width: columns * width, height: Math.ceil(count / columns) * height });
  const image = new ImageData(canvas.width, canvas.height);
  const [red, green, blue] = channels(color);
  for (let number = 0; number < count; number++) {
    const [left, top] = [(number % columns) * width, Math.floor(number / columns) * height];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * ((top + y) * canvas.width + left + x);
        image.data.set([red, green, blue, Math.min(pixels[(number * height + y) * width + x], FULL)], at);
      }
    }
  }
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas;
}

/** Images in a row of the atlas. @param {number} count */
export const perRow = (count) => Math.max(1, Math.ceil(Math.sqrt(count)));
