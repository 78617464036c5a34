// A drawing context that makes SVG: what is painted with these calls of a canvas's 2-D context becomes vectors, painted the same.

import { contextOf, element } from "../lib/dom.js";
import { svgNode } from "./svg_node.js";

/** @type {Record<CanvasTextAlign, string>} */
const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const DECIMALS = 2; // of a pixel

let clips = 0; // made so far: each needs a name of its own in a picture of several drawings

/** @typedef {[x: number, y: number]} Point */

export class SvgContext {
  // What `save` keeps is what stands in public fields.
  fillStyle = "#000000";
  strokeStyle = "#000000";
  lineWidth = 1;
  globalAlpha = 1;
  font = "10px sans-serif";
  /** @type {CanvasTextAlign} */
  textAlign = "start";
  /** @type {CanvasTextBaseline} */
  textBaseline = "alphabetic";
  /** @type {number[]} */
  dash = [];
  matrix = new DOMMatrix();
  layer;
  /** @type {object[]} */
  #saved = [];
  /** The points in pixels of the drawing, as they are whatever the matrix becomes. @type {[command: string, ...points: DOMPoint[]][]} */
  #path = [];
  #measuring = contextOf(element("canvas", ""));

  /** @param {SVGElement} parent takes what is painted */
  constructor(parent) {
    /** @type {SVGElement} */
    this.layer = svgNode("g", { "stroke-miterlimit": 10 }); // a canvas's; SVG has 4
    parent.append(this.layer);
  }

  save() {
    this.#saved.push({ ...this });
  }

  restore() {
    Object.assign(this, this.#saved.pop());
  }

  /** @param {number} x @param {number} y */
  translate(x, y) {
    this.matrix = this.matrix.translate(x, y);
  }

  /** @param {number} radians */
  rotate(radians) {
    this.matrix = this.matrix.rotate((radians * 180) / Math.PI);
  }

  /** @param {number} x @param {number} y */
  scale(x, y) {
    this.matrix = this.matrix.scale(x, y);
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = [...dash];
  }

  beginPath() {
    this.#path = [];
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#add("M", [x, y]);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#add(this.#path.length ? "L" : "M", [x, y]);
  }

  closePath() {
    if (this.#path.length) this.#add("Z");
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  /**
   * Bézier curves of at most a quarter each, which keep to a circle within 0.03 % of its radius.
   * @param {number} x @param {number} y @param {number} radius @param {number} from @param {number} to
   * @param {boolean} isCounterclockwise
   */
  arc(x, y, radius, from, to, isCounterclockwise = false) {
    const turn = 2 * Math.PI;
    const direction = isCounterclockwise ? -1 : 1;
    const asked = direction * (to - from);
    const span = direction * (asked >= turn ? turn : ((asked % turn) + turn) % turn);
    const parts = Math.ceil(Math.abs(span) / (Math.PI / 2) - 1e-9);
    const reach = radius * (4 / 3) * Math.tan(span / parts / 4);
    /** @param {number} angle @param {number} along @returns {Point} */
    const at = (angle, along) => [
      x + radius * Math.cos(angle) - along * Math.sin(angle),
      y + radius * Math.sin(angle) + along * Math.cos(angle),
    ];
    this.lineTo(...at(from, 0));
    for (let part = 0; part < parts; part++) {
      const [begin, end] = [from + (span * part) / parts, from + (span * (part + 1)) / parts];
      this.#add("C", at(begin, reach), at(end, -reach), at(end, 0));
    }
  }

  fill() {
    this.#paint("path", { d: this.#inForce(), ...this.#filling() });
  }

  stroke() {
    this.#paint("path", { d: this.#inForce(), ...this.#stroking() });
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.#paint("path", { d: rectangle(x, y, width, height), ...this.#filling() });
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  strokeRect(x, y, width, height) {
    this.#paint("path", { d: rectangle(x, y, width, height), ...this.#stroking() });
  }

  /** What follows until `restore` is seen inside the path alone, and inside the clips before. */
  clip() {
    const id = `drawn-clip-${clips++}`;
    const clip = svgNode("clipPath", { id });
    clip.append(svgNode("path", { d: this.#inForce(), transform: this.#transform() }));
    const layer = svgNode("g", { "clip-path": `url(#${id})` });
    this.layer.append(clip, layer);
    this.layer = layer;
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const place = { x: inPixels(x), y: inPixels(y + this.#toAlphabetic(text)) };
    const node = this.#paint("text", { ...place, "text-anchor": ANCHORS[this.textAlign], style: `font: ${this.font}`, ...this.#filling() });
    node.textContent = text;
  }

  /** @param {string} text */
  measureText(text) {
    this.#measuring.font = this.font;
    return this.#measuring.measureText(text);
  }

  /** How far below `textBaseline` the alphabetic one is: SVG's own baselines are other ones, and not every program knows them. @param {string} text */
  #toAlphabetic(text) {
    /** @param {CanvasTextBaseline} baseline */
    const ascent = (baseline) => {
      this.#measuring.textBaseline = baseline;
      return this.measureText(text).actualBoundingBoxAscent;
    };
    return ascent("alphabetic") - ascent(this.textBaseline);
  }

  #filling() {
    return { fill: this.fillStyle, opacity: this.globalAlpha };
  }

  #stroking() {
    /** @type {import("./svg_node.js").Attributes} */
    const dashed = this.dash.length ? { "stroke-dasharray": this.dash.join(" ") } : {};
    return { fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, opacity: this.globalAlpha, ...dashed };
  }

  /** @param {"path" | "text"} name @param {import("./svg_node.js").Attributes} attributes */
  #paint(name, attributes) {
    const node = svgNode(name, { ...attributes, transform: this.#transform() });
    this.layer.append(node);
    return node;
  }

  /** As a canvas, leaves out what is nowhere. @param {string} command @param {Point[]} points */
  #add(command, ...points) {
    if (points.flat().every(Number.isFinite)) this.#path.push([command, ...points.map(([x, y]) => this.matrix.transformPoint({ x, y }))]);
  }

  /** The path in the coordinates in force, which its line's width and dashes are measured in. */
  #inForce() {
    const back = this.matrix.inverse();
    /** @param {DOMPoint} point */
    const inNumbers = (point) => {
      const { x, y } = back.transformPoint(point);
      return `${inPixels(x)} ${inPixels(y)}`;
    };
    return this.#path.map(([command, ...points]) => command + points.map(inNumbers).join(" ")).join("");
  }

  #transform() {
    const { a, b, c, d, e, f } = this.matrix;
    return `matrix(${[a, b, c, d, e, f].join(" ")})`;
  }
}

/** @param {number} number */
const inPixels = (number) => Number(number.toFixed(DECIMALS));

/** @param {number} x @param {number} y @param {number} width @param {number} height */
const rectangle = (x, y, width, height) => `M${inPixels(x)} ${inPixels(y)}h${inPixels(width)}v${inPixels(height)}h${inPixels(-width)}Z`;
