// The line of layers and shapes, and what is wrong with them. Nodes last across updates, so that focus and the open panel stay.

/**
 * @typedef {{name: string, shape: ?string, layer: ?number, problem: ?string, remedy: ?string, folded: boolean}} Stage
 * @typedef {{stages: Stage[], selected: ?number, batch: number, steps: number, folded: boolean}} Data
 */

const ribbons = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const view = ribbons.get(parentElement) ?? createRibbon(parentElement);
  ribbons.set(parentElement, view);
  view.select = (layer) => setTriggerValue("selected", { layer });
  view.mend = (layer) => setTriggerValue("remedied", { layer });
  const told = JSON.stringify(data);
  if (told !== view.told) {
    view.told = told;
    update(view, data);
  }
  // Streamlit also calls this when newer data overtook this call, so only a parent that is gone ends the view.
  return () => setTimeout(() => parentElement.isConnected || view.panel.resizes.disconnect());
}

const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: `ribbon-${name}`, textContent: text });

function createRibbon(parent) {
  const root = make("div", "root");
  const line = make("div", "line");
  line.setAttribute("role", "group");
  line.setAttribute("aria-label", "Layer stack");
  const problems = make("div", "problems");
  problems.setAttribute("aria-live", "polite");
  const view = { root, line, problems, places: [], opened: null, told: "" };
  view.panel = createPanel(() => open(view, null));
  root.append(line, problems, view.panel.root);
  parent.append(root);
  line.addEventListener("keydown", onArrow);
  line.addEventListener("focusin", ({ target }) => rove(line, target));
  return view;
}

/** @param {Data} data */
function update(view, data) {
  view.data = data;
  const hadFocus = view.root.contains(document.activeElement);
  while (view.places.length > data.stages.length) view.places.pop().root.remove();
  while (view.places.length < data.stages.length) view.places.push(createPlace(view, view.places.length));
  data.stages.forEach((stage, index) => updatePlace(view.places[index], stage, index, data.selected));
  updateProblems(view, data.stages);
  placeStop(view.line, "chip");
  placeStop(view.line, "shape");
  updatePanel(view.panel, data);
  if (view.opened !== null && !data.stages[view.opened]?.shape) {
    view.opened = data.stages.findLastIndex(({ shape, folded }) => shape && folded === view.panel.folded);
  }
  markOpened(view);
  if (hadFocus && !view.root.contains(document.activeElement)) view.line.querySelector(".ribbon-chip[tabindex='0']").focus();
}

/** A stage's place in the line: arrow, chip, arrow, shape. */
function createPlace(view, index) {
  const root = make("span", "stage");
  if (!index) root.dataset.first = "true";
  view.line.append(root);
  return { view, index, root, chip: null, shape: null };
}

/** @param {Stage} stage */
function updatePlace(place, stage, index, selected) {
  const { view, root } = place;
  const isChip = index === 0 || stage.layer !== null;
  if (place.isChip !== isChip) {
    place.isChip = isChip;
    const chip = button(isChip, isChip ? "chip" : "fold", () => view.select(view.data.stages[index].layer));
    place.chip = replace(root, place.chip, chip);
  }
  const isKnown = stage.shape !== null;
  if (place.isKnown !== isKnown) {
    place.isKnown = isKnown;
    const shape = button(isKnown, "shape", () => open(view, view.opened === index ? null : index));
    if (isKnown) {
      shape.title = "Show how samples and time steps lie in this tensor";
      shape.setAttribute("aria-controls", view.panel.root.id);
    }
    place.shape = replace(root, place.shape, shape);
  }
  say(place.chip, stage.problem ? `! ${stage.name}` : stage.name);
  place.chip.classList.toggle("ribbon-misfit", Boolean(stage.problem));
  say(place.shape, stage.shape ?? "?");
  if (!isChip) return;
  const output = stage.shape === null ? "unknown" : stage.shape;
  const after = stage.layer === null ? `shape ${output}` : `output ${output}`;
  place.chip.setAttribute("aria-label", `${stage.name}, ${after}${stage.problem ? ", has a problem" : ""}`);
  place.chip.setAttribute("aria-pressed", String(stage.layer === selected));
}

/** Puts a node where the old one was, or after an arrow at the end. */
function replace(root, old, node) {
  if (old) old.replaceWith(node);
  else root.append(...(root.dataset.first && !root.childElementCount ? [] : [arrow()]), node);
  return node;
}

function button(isButton, name, onClick) {
  const node = make(isButton ? "button" : "span", name);
  if (isButton) {
    Object.assign(node, { type: "button", tabIndex: -1 });
    node.addEventListener("click", onClick);
  }
  return node;
}

function arrow() {
  const node = make("span", "arrow", "→");
  node.setAttribute("aria-hidden", "true");
  return node;
}

function updateProblems(view, stages) {
  const wrong = stages.filter(({ problem }) => problem);
  const told = JSON.stringify(wrong.map(({ name, layer, problem, remedy }) => [name, layer, problem, remedy]));
  if (told === view.toldProblems) return;
  view.toldProblems = told;
  view.problems.replaceChildren(
    ...wrong.map(({ name, layer, problem, remedy }) => {
      const root = make("div", "problem");
      root.append(make("p", "sentence", `! ${name}: ${problem}`));
      if (remedy) root.append(button(true, "action ribbon-remedy", () => view.mend(layer)));
      if (remedy) Object.assign(root.lastChild, { textContent: remedy, tabIndex: 0 });
      return root;
    }),
  );
}

// ------------------------------------------------------------------------------------------------------------ the panel

/** Opens the folding view at a stage's shape, as that tensor is; null closes it. */
function open(view, index) {
  const closedFrom = index === null && view.panel.root.contains(document.activeElement) ? view.places[view.opened]?.shape : null;
  view.opened = index;
  if (index === null) view.panel.root.hidden = true;
  else showPanel(view.panel, { folded: view.data.stages[index].folded, tried: view.panel.batch, asked: false });
  markOpened(view);
  closedFrom?.focus();
}

function markOpened(view) {
  view.places.forEach(({ shape }, index) => {
    if (shape.tagName === "BUTTON") shape.setAttribute("aria-expanded", String(index === view.opened));
  });
}

// -------------------------------------------------------------------------------------------------------------- the keys

const STEPS_TO = { ArrowLeft: (at) => at - 1, ArrowRight: (at) => at + 1, Home: () => 0, End: (at, count) => count - 1 };

/** Left and right, Home and End move among the chips, or among the shapes. */
function onArrow(event) {
  const to = STEPS_TO[event.key];
  if (!to) return;
  const all = alike(event.currentTarget, event.target);
  all[to(all.indexOf(event.target), all.length)]?.focus();
  event.preventDefault();
}

/** The focused one of the chips, and of the shapes, is the one that Tab comes back to. */
const rove = (line, node) => alike(line, node).forEach((other) => (other.tabIndex = other === node ? 0 : -1));

/** After an update Tab comes to the focused or the selected one, else to where it came before, else to the first. */
function placeStop(line, kind) {
  const all = [...line.querySelectorAll(`button.ribbon-${kind}`)];
  const stop =
    all.find((node) => node === document.activeElement) ??
    all.find((node) => node.getAttribute("aria-pressed") === "true") ??
    all.find((node) => node.tabIndex === 0) ??
    all[0];
  if (stop) rove(line, stop);
}

const alike = (line, node) => [...line.querySelectorAll(`button.ribbon-${node.classList.contains("ribbon-chip") ? "chip" : "shape"}`)];
