// The panel of native widgets: every parameter that the neuron and its input have, with its sentence and values to try.

const BESIDES = { "": "nothing", norm_input: "the other normalisation", tau_syn: "the same without τ_syn", LIF: "the same without adaptation" };
const SPIKE_FUNCTIONS = { MultiSpike: "any number", MaxSpike: "at most …", SingleSpike: "one" };
const RESETS = { MembraneSubtract: "subtract θ", MembraneReset: "to a value" };
const FIRST_PARTS = { MaxSpike: { max_num_spikes_per_bin: 2 }, MembraneReset: { reset_value: 0 }, MembraneSubtract: { subtract_value: null } };
const SIZES = { neurons: [1, 16, 64], steps: [100, 200, 500, 1000] };
const LAYER_FIELDS = ["tau_mem", "spike_threshold", "tau_syn", "norm_input", "reset_fn", "min_v_mem", "spike_fn", "tau_adapt", "adapt_scale"];
const INPUT_FIELDS = ["amplitude", "start", "stop", "offset", "period", "first", "length", "count", "last", "probability", "rate", "weight"];
const OPTIONAL = ["tau_syn", "min_v_mem", "stop", "count"];
const TRY_TIME = 600; // milliseconds that a slider takes to a value that is tried

function createControls(view, parent) {
  view.controls = { parent, rows: new Map() };
  parent.setAttribute("role", "group");
  parent.setAttribute("aria-label", "Neuron and input");
}

/**
 * Which widgets there are, in their order.
 * @returns {{kind: "slider"|"switch"|"radios"|"choice", name: string, path: string, value: *, options: ?Object<string, string>}[]}
 */
function fieldsOf({ settings: { kind, neurons, input }, header, run }) {
  const neuron = neurons[kind];
  const choice = (name, value, options, path = name) => ({ kind: "choice", name, path, value, options });
  const same = (values) => Object.fromEntries(values.map((value) => [value, value]));
  const beside = ["", ...Object.keys(besideOf(neuron))];
  return [
    { ...choice("Model", kind, same(Object.keys(neurons)), "network.0.kind"), kind: "radios" },
    ...LAYER_FIELDS.filter((name) => mayHave(neuron, name)).flatMap((name) => widgetsOf(name, `network.0.${name}`, neuron[name])),
    choice("Input", input.kind, Object.fromEntries(header.inputKinds.map(({ kind: given, name }) => [given, name])), "input.kind"),
    ...INPUT_FIELDS.filter((name) => name in input).flatMap((name) => {
      const own = `${input.kind}.${name}`;
      return widgetsOf(own in header.parameters ? own : name, `input.${name}`, input[name]);
    }),
    choice("Neurons", run.neurons, same([...SIZES.neurons, run.neurons])),
    choice("Time steps", run.steps, same([...SIZES.steps, run.steps])),
    choice("Draw beside", header.look.beside, Object.fromEntries(beside.map((name) => [name, BESIDES[name]]))),
  ];
}

/** The widgets of one parameter; those of a part are its kind and its number, if it has one. */
function widgetsOf(name, path, value) {
  if (name === "norm_input") return [{ kind: "switch", name, path, value }];
  if (name !== "spike_fn" && name !== "reset_fn") return [{ kind: "slider", name, path, value }];
  const { kind, ...numbers } = value;
  const found = Object.entries(numbers).filter(([, number]) => number != null);
  const options = name === "spike_fn" ? SPIKE_FUNCTIONS : RESETS;
  return [{ kind: "choice", name, path, value: kind, options }, ...found.map(([field, number]) => ({ kind: "slider", name: field, path: `${path}.${field}`, value: number }))];
}

function fillControls(view) {
  const { parent, rows } = view.controls;
  const keys = fieldsOf(view).map((field, place) => {
    const key = `${field.name} ${field.path}`;
    const row = rows.get(key) ?? createRow(view, field);
    rows.set(key, row);
    row.field = field;
    if (parent.children[place] !== row.root) parent.insertBefore(row.root, parent.children[place] ?? null);
    fillRow(view, row);
    return key;
  });
  for (const [key, { root }] of rows) {
    if (keys.includes(key)) continue;
    root.remove();
    rows.delete(key);
  }
}

function createRow(view, field) {
  const { kind, name, path } = field;
  const text = view.header.parameters[name] ?? { name, symbol: "", unit: "", note: "" };
  const root = element("div", `neuron-row neuron-${kind}`);
  const row = { root, field, text, label: `${text.name} ${text.symbol}`.trim() };
  const widget = (tag, properties) => element(tag, "", root, { ariaLabel: row.label, ariaDescription: text.note, ...properties });
  row.title = element(text.note ? "button" : "span", "neuron-title", root);
  element("span", "", row.title, { textContent: text.name });
  element("i", "", row.title, { textContent: ` ${text.symbol}` });
  if (kind === "radios") {
    root.setAttribute("role", "radiogroup");
    root.setAttribute("aria-label", name);
    row.radios = Object.keys(field.options).map((value) => {
      const label = element("label", "", root, { textContent: value });
      return element("input", "", label, { type: "radio", name: path, value, onchange: () => choosePart(view, row.field, value) });
    });
  }
  if (kind === "choice") row.select = widget("select", { onchange: () => choosePart(view, row.field, row.select.value) });
  if (kind === "switch" || OPTIONAL.includes(name)) row.box = widget("input", { type: "checkbox", onchange: () => put(view, path, kind === "switch" ? row.box.checked : row.box.checked ? text.whenOn : null) });
  if (kind === "slider") {
    row.number = widget("input", { type: "number", step: "any", ariaLabel: `${row.label} as a number`, onchange: () => takeNumber(view, row) });
    element("span", "neuron-unit", root, { textContent: text.unit });
    row.range = widget("input", { type: "range", step: text.step });
    row.range.oninput = () => change(view, { [path]: Number(row.range.value) });
    row.range.onchange = () => row.byKey || commit(view);
    row.range.onkeydown = () => (row.byKey = true); // a key that is held changes it many times
    row.range.onkeyup = row.range.onblur = () => {
      row.byKey = false;
      commit(view);
    };
    row.wrong = element("span", "neuron-wrong", root);
    row.wrong.setAttribute("role", "alert");
  }
  if (text.note) explain(view, row);
  return row;
}

/** Puts a value in force and tells Python at once. */
function put(view, path, value) {
  change(view, { [path]: value });
  commit(view);
}

function takeNumber(view, row) {
  const typed = row.number.value.trim();
  const isNumber = typed !== "" && Number.isFinite(Number(typed));
  setText(row.wrong, isNumber ? "" : `${row.label} needs a number; it stays ${inDigits(row.field.value)}.`);
  row.shown = undefined;
  if (!isNumber) return fillRow(view, row);
  const value = Number.isInteger(row.text.step) ? Math.round(Number(typed)) : Number(typed);
  const [low, high] = hardLimits(view, row.field.name);
  put(view, row.field.path, Math.min(Math.max(value, low), high));
}

/** What a field can't go beyond because of another one. */
function hardLimits({ settings: { input }, run: { steps } }, name) {
  const limits = { start: [0, (input.stop ?? steps) - 1], stop: [input.start + 1, steps], length: [1, input.period], period: [input.length, Infinity], "spike_bursts.first": [0, steps - 1] };
  return limits[name] ?? [-Infinity, Infinity];
}

function choosePart(view, { name, path }, chosen) {
  const [, steps, neurons] = view.settings.input.shape;
  if (name === "Draw beside") act(view, { do: "look", beside: chosen });
  else if (name === "Neurons") put(view, "input.shape", [1, steps, Number(chosen)]);
  else if (name === "Time steps") put(view, "input.shape", [1, Number(chosen), neurons]);
  else if (chosen === "drawn") {
    change(view, { [path]: chosen, "input.values": drawnValues(view.run.z, steps) });
    commit(view);
  } else put(view, path, name === "spike_fn" || name === "reset_fn" ? { kind: chosen, ...FIRST_PARTS[chosen] } : chosen);
}

/** Writes what is in force into a row's widgets, but for the number that is being typed. */
function fillRow(view, row) {
  const { field: { name, value, options }, text } = row;
  const told = options && Object.keys(options).join();
  if (row.select && row.options !== told) {
    row.options = told;
    row.select.replaceChildren(...Object.entries(options).map(([option, textContent]) => element("option", "", null, { value: option, textContent })));
    row.shown = undefined;
  }
  if (row.range && !view.isDragging) { // a thumb that is held stays where its value is
    const [low, high] = hardLimits(view, name);
    const [min, max] = [Math.min(Math.max(text.low, low), value ?? Infinity), Math.max(Math.min(text.high, high), value ?? -Infinity)];
    if (Number(row.range.min) !== min || Number(row.range.max) !== max || !row.range.min) Object.assign(row.range, { min, max });
  }
  if (row.shown === value) return;
  row.shown = value;
  if (row.select) row.select.value = value;
  if (row.box) row.box.checked = value !== null && value !== false;
  for (const radio of row.radios ?? []) radio.checked = radio.value === value;
  if (!row.range) return;
  row.root.classList.toggle("neuron-off", value === null);
  row.range.value = value;
  if (row.number.matches(":focus") && view.isDragging) row.shown = undefined;
  else row.number.value = value === null ? "" : String(Number(value.toPrecision(6)));
}

// --------------------------------------------------------------------------------------------------------- explanations

/** A parameter's sentence and what to try of it, behind its title; one is open at a time. */
function explain(view, row) {
  const { title, root, text } = row;
  row.explanation = element("div", "neuron-explanation", root, { hidden: true });
  element("p", "", row.explanation, { textContent: text.note });
  row.tries = text.tries.map(({ value, sentence }) => {
    const words = { number: () => inDigits(value), boolean: () => (value ? "on" : "off"), object: () => SPIKE_FUNCTIONS[value.kind] ?? RESETS[value.kind] };
    const textContent = `Try ${words[typeof value]()}: ${sentence}`;
    return element("button", "", row.explanation, { type: "button", textContent, onclick: () => tryValue(view, row.field, value) });
  });
  Object.assign(title, { type: "button", title: text.note, ariaExpanded: "false" });
  title.onclick = () => {
    for (const other of view.controls.rows.values()) {
      if (!other.explanation) continue;
      const opens = other === row && other.explanation.hidden;
      other.explanation.hidden = !opens;
      other.title.ariaExpanded = String(opens);
    }
  };
}

/** Moves the slider to the value before one's eyes. */
function tryValue(view, { path, value: before }, value) {
  if (typeof value !== "number" || typeof before !== "number" || calm.matches) return put(view, path, value);
  const begin = performance.now();
  const move = (now) => {
    const share = Math.min(Math.max((now - begin) / TRY_TIME, 0), 1);
    const between = before + (value - before) * share;
    const isWhole = Number.isInteger(value) && Number.isInteger(before);
    change(view, { [path]: share === 1 ? value : isWhole ? Math.round(between) : inHundredths(between) });
    if (share === 1) commit(view);
    else requestAnimationFrame(move);
  };
  requestAnimationFrame(move);
}
