// Widgets of options, and of what is on or off.

import { element } from "../lib/dom.js";

/** @typedef {import("./rows.js").Host} Host */
/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("../wire.js").ChoiceControl} ChoiceControl */
/** @typedef {Pick<import("./rows.js").Control, "fill" | "forget" | "forgive">} Widgets */

/** What screen readers call a row's widgets. @param {Row} row */
export const spokenOf = ({ label, symbol, unit }) => ({ ariaLabel: [label, symbol, unit && `(${unit})`].filter(Boolean).join(" ") });

/** @param {Host} host @param {ChoiceControl} first @param {HTMLElement} root @returns {Widgets} */
export function createChoice(host, first, root) {
  const select = element("select", "", root, spokenOf(first));
  let row = first;
  let offered = "";
  /** @type {number | undefined} */
  let shown;
  select.onchange = () => host.act(row.options[select.selectedIndex].act);
  return {
    fill(next) {
      if (next.widget !== "choice") return;
      row = next;
      const labels = row.options.map(({ label }) => label);
      if (offered !== labels.join()) {
        offered = labels.join();
        select.replaceChildren(...labels.map((label) => new Option(label)));
        shown = undefined;
      }
      if (shown === row.chosen) return;
      shown = row.chosen;
      select.selectedIndex = row.chosen;
    },
    forget() {
      shown = undefined;
    },
    forgive() {},
  };
}

/** @param {Host} host @param {ChoiceControl} first @param {HTMLElement} root @returns {Widgets} */
export function createRadios(host, first, root) {
  Object.assign(root, { role: "radiogroup", ariaLabel: spokenOf(first).ariaLabel });
  let row = first;
  /** @type {number | undefined} */
  let shown;
  const radios = row.options.map(({ label }, place) => {
    const name = element("label", "", root, { textContent: label });
    return element("input", "", name, { type: "radio", name: row.label, onchange: () => host.act(row.options[place].act) });
  });
  return {
    fill(next) {
      if (next.widget !== "radios") return;
      row = next;
      if (shown === row.chosen) return;
      shown = row.chosen;
      radios.forEach((radio, place) => {
        radio.checked = place === row.chosen;
      });
    },
    forget() {
      shown = undefined;
    },
    forgive() {},
  };
}

/** @param {Host} host @param {import("../wire.js").SwitchControl} row @param {HTMLElement} root @returns {Widgets} */
export function createSwitch(host, row, root) {
  const { path } = row;
  const box = element("input", "", root, { type: "checkbox", ...spokenOf(row) });
  box.onchange = () => host.act({ do: "edit", changes: { [path]: box.checked } });
  /** @type {boolean | undefined} */
  let shown;
  return {
    fill() {
      const isOn = Boolean(host.valueAt(path));
      if (shown === isOn) return;
      shown = isOn;
      box.checked = isOn;
    },
    forget() {
      shown = undefined;
    },
    forgive() {},
  };
}
