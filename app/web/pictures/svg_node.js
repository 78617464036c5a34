// Making nodes of SVG.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number>} Attributes */

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} attributes
 * @returns {SVGElementTagNameMap[Name]}
 */
export const svgNode = (name, attributes) => setAttributes(document.createElementNS(SVG, name), attributes);

/**
 * @template {Element} Node
 * @param {Node} node
 * @param {Attributes} attributes
 */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
