// What stands around the plot: the count, what is wrong with what mends it, and the buttons of the panels and of the pinned run.

function fillHead(view) {
  const { run, p } = view;
  const sum = sumOf(run.s);
  const many = run.neurons > 1 ? `${run.neurons} neurons × ` : "";
  const [number, unit] = p.threshold < Infinity ? [sum, `spike${sum === 1 ? "" : "s"} in ${many}${run.steps} steps`] : [rowIn(view, run, "u").at(-1), `u at the last of ${run.steps} steps`];
  setText(view.count, inDigits(number));
  setText(view.unit, ` ${unit}`);
}

/** What is wrong, and the buttons that mend it. */
function fillNote(view) {
  const { note, header: { notes: { sentence, remedies } } } = view;
  if (!view.isDragging) note.classList.remove("neuron-past");
  const told = JSON.stringify(view.header.notes);
  if (note.told === told) return;
  note.told = told;
  if (note.contains(document.activeElement)) view.plot.focus();
  note.replaceChildren(sentence);
  remedies.forEach((textContent, remedy) => {
    button(note, textContent, () => act(view, { do: "remedy", remedy }));
  });
}

const PANELS = { phase: "Phase", rate: "f–I curve", models: "Four models", surrogate: "Surrogate" };

function createTabs(view, parent) {
  view.tabs = Object.entries(PANELS).map(([panel, textContent]) => {
    const open = () => act(view, { do: "look", panel: view.header.look.panel === panel ? "" : panel });
    return { panel, node: button(parent, textContent, open) };
  });
  view.pin = button(parent, "", () => act(view, { do: view.header.pinned ? "unpin" : "pin" }), { className: "neuron-pin" });
  view.difference = element("span", "neuron-difference", parent);
}

function fillTabs(view) {
  for (const { panel, node } of view.tabs) node.ariaExpanded = view.header.look.panel === panel;
  setText(view.pin, view.header.pinned ? "Remove A" : "Pin as A");
  setText(view.difference, view.header.pinned?.words ?? "");
}

