// The panel of native widgets. Which there are, their words, ranges and choices come from Python with each of its answers; what they are set
// to is what is in force here.

const TRY_TIME = 600; // milliseconds that a slider takes to a value that is tried

function fillControls(view) {
  const { controls, rows, header } = view;
  const keys = header.rows.map((field, place) => {
    const key = `${field.label} ${field.path}`;
    const row = rows.get(key) ?? createRow(view, field);
    rows.set(key, row);
    row.field = field;
    if (controls.children[place] !== row.root) controls.insertBefore(row.root, controls.children[place]);
    fillRow(view, row);
    return key;
  });
  for (const [key, { root }] of rows) {
    if (keys.includes(key)) continue;
    root.remove();
    rows.delete(key);
  }
}

/** What a field is set to: its place among its options, or the value at its path. */
const valueOf = ({ settings: { kind, models, input } }, { chosen, path }) =>
  chosen ?? path.split(".").reduce((part, name) => part?.[name], { network: [models[kind]], input });

function createRow(view, field) {
  const { widget, label, symbol, note, path, options } = field;
  const root = element("div", `neuron-row neuron-${widget}`);
  const [ariaLabel, ariaDescription] = [`${label} ${symbol}`.trim(), note];
  const add = (tag, properties) => element(tag, "", root, { ariaLabel, ariaDescription, ...properties });
  const row = { root, field, edit: (value) => act(view, { do: "edit", changes: { [path]: value } }) };
  const choose = (place) => act(view, row.field.options[place].act);
  row.title = element(note ? "button" : "span", "neuron-title", root, { textContent: `${label} `, title: note });
  element("i", "", row.title, { textContent: symbol });
  if (note) Object.assign(row.title, { type: "button", ariaExpanded: "false", onclick: () => explain(view, row) });
  if (widget === "radios") {
    Object.assign(root, { role: "radiogroup", ariaLabel });
    row.radios = options.map(({ label: textContent }, place) => {
      const name = element("label", "", root, { textContent });
      return element("input", "", name, { type: "radio", name: label, onchange: () => choose(place) });
    });
  }
  if (widget === "choice") row.select = add("select", { onchange: () => choose(row.select.selectedIndex) });
  const box = { type: "checkbox", onchange: () => row.edit(widget === "switch" ? row.box.checked : row.box.checked ? row.field.whenOn : null) };
  if (widget === "switch" || "whenOn" in field) row.box = add("input", box);
  if (widget === "slider") {
    row.number = add("input", { className: "neuron-number", inputMode: "decimal", ariaLabel: `${ariaLabel} as a number`, onchange: () => takeNumber(view, row) });
    element("span", "neuron-unit", root, { textContent: field.unit });
    row.range = add("input", { type: "range", step: field.step, oninput: () => change(view, { [path]: Number(row.range.value) }) });
    row.range.onchange = () => row.byKey || commit(view);
    row.range.onkeydown = () => (row.byKey = true); // a key that is held changes it many times
    row.range.onkeyup = row.range.onblur = () => {
      row.byKey = false;
      commit(view);
    };
    row.wrong = element("span", "neuron-wrong", root, { role: "alert" });
  }
  return row;
}

/** Takes back what was said of numbers that were refused. */
const forgive = (view) => view.rows.forEach(({ wrong }) => wrong && setText(wrong, ""));

function takeNumber(view, row) {
  forgive(view);
  const { label, least, most, isWhole, needs } = row.field;
  const typed = row.number.value.trim();
  const value = typedNumber(typed, isWhole);
  row.shown = undefined;
  if (value >= least && value <= most) return row.edit(value);
  setText(row.wrong, `${label} needs ${needs}, not “${typed}”; it stays ${inDigits(valueOf(view, row.field))}.`);
  fillRow(view, row);
}

/** Writes what is in force into a row's widgets, but for the number that is being typed. */
function fillRow(view, row) {
  const { field, range, select } = row;
  const { low: min, high: max, options } = field;
  const value = valueOf(view, field);
  const told = options?.map(({ label }) => label).join();
  if (select && row.told !== told) {
    row.told = told;
    select.replaceChildren(...options.map(({ label }) => new Option(label)));
    row.shown = undefined;
  }
  if (range && row.limits !== field && !view.isDragging) { // a thumb that is held stays where its value is
    row.limits = field;
    Object.assign(range, { min, max });
    row.shown = undefined;
  }
  if (row.shown === value) return;
  row.shown = value;
  if (select) select.selectedIndex = value;
  if (row.box) row.box.checked = value !== null && value !== false;
  row.radios?.forEach((radio, place) => (radio.checked = place === value));
  if (!range) return;
  row.root.classList.toggle("neuron-off", value === null);
  const text = value === null ? "" : Number(value.toPrecision(6));
  // The thumb stands on whole steps, the value needn't.
  Object.assign(range, { value, ariaValueText: text });
  if (row.number.matches(":focus") && view.isDragging) row.shown = undefined;
  else row.number.value = text;
}

/** Opens what a parameter does and what to try of it, or closes it; one is open at a time. */
function explain(view, row) {
  const isOpen = row === view.explained;
  view.explanation?.remove();
  if (view.explained) view.explained.title.ariaExpanded = "false";
  view.explained = isOpen ? null : row;
  if (isOpen) return;
  row.title.ariaExpanded = "true";
  view.explanation = element("div", "neuron-explanation", row.root);
  element("p", "", view.explanation, { textContent: row.field.note });
  for (const { words: textContent, value } of row.field.tries) {
    button(view.explanation, textContent, () => tryValue(view, row, value));
  }
}

/** Moves the slider to the value before one's eyes. */
function tryValue(view, { field, edit }, value) {
  view.finishTrying?.();
  const before = valueOf(view, field);
  if (typeof value !== "number" || typeof before !== "number" || calm.matches) return edit(value);
  const begin = performance.now();
  const put = (now) => change(view, { [field.path]: now });
  let frame;
  view.finishTrying = () => {
    cancelAnimationFrame(frame);
    view.finishTrying = null;
    put(value);
    commit(view);
  };
  const move = (now) => {
    const share = Math.max(now - begin, 0) / TRY_TIME;
    if (share >= 1) return view.finishTrying();
    const between = before + (value - before) * share;
    put(field.isWhole ? Math.round(between) : inHundredths(between));
    frame = requestAnimationFrame(move);
  };
  move(begin);
}
