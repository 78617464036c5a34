// The folding view beneath the ribbon: its words, its button, the wrong batch size, and the blocks. Knows nothing of layers.

let panels = 0;

/**
 * @typedef {{root: HTMLElement, place: HTMLElement, nodes: Map, folded: boolean, tried: number, asked: boolean, refused: boolean,
 *   batch: number, steps: number, keepsTime: boolean, width: number}} Panel
 *   tried: the batch size that a layer is given; asked: whether someone typed it; refused: whether it doesn't divide the steps
 */

/** @param {() => void} onClose @returns {Panel} */
function createPanel(onClose) {
  const element = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: `ribbon-${name}`, textContent: text });
  const root = Object.assign(element("div", "panel"), { id: `ribbon-panel-${++panels}`, hidden: true });
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "How samples and time steps lie in this tensor");
  const caption = element("p", "caption");
  const bar = element("div", "bar");
  const fold = Object.assign(element("button", "action"), { type: "button" });
  const label = element("label", "try", "Try a wrong batch size");
  const field = Object.assign(element("input", "batch"), { type: "text", inputMode: "numeric", autocomplete: "off" });
  const close = Object.assign(element("button", "action ribbon-close", "Close"), { type: "button" });
  const finding = element("p", "finding");
  const place = element("div", "blocks ribbon-still");
  const legend = element("p", "legend", "○ starts from zero · → goes on from the state before");
  finding.setAttribute("role", "status");
  place.setAttribute("role", "img");
  label.append(field);
  bar.append(fold, label, close);
  root.append(caption, bar, finding, legend, place);
  const state = { folded: false, tried: 1, asked: false, batch: 1, steps: 1 };
  const panel = { root, caption, fold, field, finding, place, legend, nodes: new Map(), ...state };
  fold.addEventListener("click", () => showPanel(panel, panel.refused ? { tried: panel.batch, folded: false } : { folded: !panel.folded }));
  field.addEventListener("input", () => tryBatch(panel));
  field.addEventListener("keydown", (event) => stepBatch(panel, event));
  close.addEventListener("click", onClose);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    onClose();
  });
  panel.resizes = new ResizeObserver(() => place.clientWidth !== panel.width && drawPanel(panel, false));
  panel.resizes.observe(place);
  return panel;
}

/** New numbers from Python; a batch size that was being tried stays where it still can. */
function updatePanel(panel, { batch, steps, folded }) {
  if (batch === panel.batch && steps === panel.steps && folded === !panel.keepsTime) return;
  const kept = panel.tried !== panel.batch && panel.tried <= 2 * batch;
  Object.assign(panel, { batch, steps, keepsTime: !folded });
  panel.tried = kept ? panel.tried : batch;
  panel.field.value = String(panel.tried);
  if (!panel.root.hidden) drawPanel(panel, false);
}

function tryBatch(panel) {
  const tried = typedNumber(panel.field.value, true);
  const isPossible = tried >= 1 && tried <= 2 * panel.batch;
  panel.field.setAttribute("aria-invalid", String(!isPossible));
  if (isPossible) showPanel(panel, { tried, folded: false, asked: true });
  else panel.finding.textContent = `batch_size is a whole number from 1 to ${2 * panel.batch} here, not “${panel.field.value.trim()}”.`;
}

/** Up and down lead to the next batch size. */
function stepBatch(panel, event) {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const tried = Math.min(Math.max(panel.tried + step, 1), 2 * panel.batch);
  showPanel(panel, { tried, folded: false, asked: true });
}

/** @param {Panel} panel @param {{folded?: boolean, tried?: number, asked?: boolean}} change */
function showPanel(panel, change) {
  const moves = !panel.root.hidden;
  Object.assign(panel, change);
  if (typedNumber(panel.field.value, true) !== panel.tried) panel.field.value = String(panel.tried);
  panel.field.setAttribute("aria-invalid", "false");
  panel.root.hidden = false;
  drawPanel(panel, moves);
}

/** @param {Panel} panel @param {boolean} moves whether the blocks go to their places, or are there at once */
function drawPanel(panel, moves) {
  const { batch, steps, tried, folded } = panel;
  const width = panel.place.clientWidth;
  if (!width) return;
  panel.width = width;
  const drawn = thin(batch, steps);
  const asTried = regroup(batch, steps, tried);
  const isWrong = tried !== batch;
  panel.refused = !asTried;
  const isOneRow = folded || panel.refused;
  const isMarked = isWrong && !isOneRow;
  const rows = isOneRow ? regroup(batch, steps, 1) : asTried;
  panel.place.classList.toggle("ribbon-still", !moves);
  panel.place.style.minHeight = `${arrange(regroup(batch, steps, batch), drawn, width, false, true).height}px`;
  drawBlocks(panel.place, panel.nodes, arrange(rows, drawn, width, isMarked, !isOneRow));
  panel.place.setAttribute("aria-label", describe(rows));
  say(panel.caption, captionOf(panel, isOneRow, drawn.note));
  say(panel.finding, panel.asked ? explain(batch, steps, tried) : "");
  panel.legend.hidden = !isMarked;
  say(panel.fold, isOneRow ? unfoldLabel(panel) : `Fold into B·T = ${batch * steps}`);
}

const say = (node, text) => node.textContent === text || (node.textContent = text);

const unfoldLabel = ({ batch, steps, tried, refused }) =>
  refused || tried === batch ? `Unfold into (B, T) = (${batch}, ${steps})` : `Unfold into (${tried}, ${(batch * steps) / tried})`;

function captionOf({ batch, steps, tried, keepsTime }, isOneRow, note) {
  const total = batch * steps;
  const sentences = [];
  if (keepsTime) sentences.push("This network keeps its time axis; a Conv2d, AvgPool2d or Flatten folds it like this.");
  if (isOneRow) sentences.push(`(${total}, …): samples in order, each one's steps in a row.`);
  else if (tried === batch) sentences.push(`(${batch}, ${steps}, …): one row per sample, its time steps from left to right.`);
  else {
    const shape = `(${tried}, ${total / tried}, …)`;
    sentences.push(`${shape}: what LIFSqueeze(batch_size=${tried}) takes for samples; colour and number tell the true one.`);
  }
  return sentences.join(" ") + (note && ` ${note[0].toUpperCase()}${note.slice(1)}.`);
}
