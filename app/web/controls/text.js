// A text that Python reads, such as a list of numbers.

import { element } from "../lib/dom.js";
import { spokenOf } from "./choices.js";

/** @param {import("./rows.js").Host} host @param {import("../wire.js").TextControl} row @param {HTMLElement} root */
export function createText(host, row, root) {
  const { path, placeholder } = row;
  const field = element("input", "control-field", root, { ...spokenOf(row), placeholder, autocomplete: "off" });
  element("span", "control-unit", root, { textContent: row.unit });
  let isTyping = false;
  /** @type {unknown} */
  let shown;
  field.oninput = () => {
    isTyping = true;
  };
  field.onblur = () => {
    isTyping = false;
  };
  field.onchange = () => {
    isTyping = false;
    shown = undefined;
    host.act({ do: "edit", changes: { [path]: field.value } });
  };
  field.onkeydown = (event) => {
    if (event.key !== "Escape" || !isTyping) return;
    event.preventDefault(); // it takes back what was typed and closes nothing
    isTyping = false;
    shown = undefined;
    fill();
    field.select();
  };
  function fill() {
    const value = host.valueAt(path);
    if (isTyping || shown === value) return;
    shown = value;
    field.value = String(value ?? "");
  }
  return {
    fill,
    forget() {
      shown = undefined;
    },
    forgive() {},
  };
}
