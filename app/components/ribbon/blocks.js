// Where each block of the folding view stands, and the drawing of them on lasting nodes, so that they move from place to place.

const [LABEL, HEAD, HEIGHT, LINE] = [40, 18, 15, 18]; // pixels: row labels, a run's first block, a block, from line to line
const [GAP, MARK, ROW_GAP] = [4, 16, 5]; // between runs; room for a mark; more between rows that take several lines
const [NARROWEST, WIDEST] = [4, 12]; // a block and the gap after it

/**
 * @typedef {{sample: number, step: number, x: number, y: number, width: number, head: boolean}} Block
 * @typedef {{text: string, kind: string, title: string, x: number, y: number}} Mark
 */

/**
 * Lays rows out in lines of `width` pixels.
 * @param {Row[]} rows
 * @param {{samples: number, steps: number[]}} drawn
 * @param {number} width
 * @param {boolean} marked whether to mark where a state starts from zero and where it is carried over
 * @param {boolean} labelled whether to number the rows
 * @returns {{blocks: Block[], marks: Mark[], height: number}}
 */
export function arrange(rows, drawn, width, marked, labelled) {
  const within = (run) => ({ ...run, steps: drawn.steps.filter((step) => step >= run.first && step <= run.last) });
  const shown = rows.map((runs) => runs.filter(({ sample }) => sample <= drawn.samples).map(within)).filter((runs) => runs.length);
  const left = LABEL + (marked ? MARK : 0);
  const between = marked ? MARK : GAP;
  const cell = Math.min(...shown.map((runs) => cellWidth(runs, width - left, between)));
  const widest = Math.max(...shown.map((runs) => fixedWidth(runs, between) + thinBlocks(runs) * cell));
  const blocks = [];
  const marks = [];
  let y = 0;
  shown.forEach((runs, row) => {
    const top = y;
    const isWhole = runs.length === rows[row].length;
    // Rows are of one length, however many heads and gaps they have.
    const pitch = isWhole && left + widest <= width ? (widest - fixedWidth(runs, between)) / Math.max(thinBlocks(runs), 1) : cell;
    let x = left;
    const wrap = () => {
      [x, y] = [left, y + LINE];
      marks.push({ text: "↳", kind: "label", title: "the row goes on", x: 0, y });
    };
    if (labelled) marks.push({ text: `row ${row + 1}`, kind: "label", title: "", x: 0, y });
    runs.forEach((run, index) => {
      if (index && x + between + HEAD > width) wrap();
      else if (index) x += between;
      if (marked) marks.push(stateMark(run, index, x - MARK, y));
      run.steps.forEach((step, place) => {
        const size = place ? pitch : HEAD;
        if (x + size > width + 0.5) wrap();
        blocks.push({ sample: run.sample, step, x: Math.round(x), y, width: Math.round(x + size) - Math.round(x) - 1, head: !place });
        x += size;
      });
    });
    if (!isWhole && x + MARK > width) wrap();
    if (!isWhole) marks.push({ text: "…", kind: "label", title: "more samples", x: x + GAP, y });
    y += LINE + (y > top ? ROW_GAP : 0);
  });
  return { blocks, marks, height: y };
}

const fixedWidth = (runs, between) => runs.length * HEAD + (runs.length - 1) * between;

const thinBlocks = (runs) => runs.reduce((sum, run) => sum + run.steps.length - 1, 0);

/** The widest cell with which a row stays in one line; the narrowest where none does. */
function cellWidth(runs, width, between) {
  const fitting = Math.floor((width - fixedWidth(runs, between)) / Math.max(thinBlocks(runs), 1));
  return Math.max(NARROWEST, Math.min(WIDEST, fitting));
}

function stateMark(run, index, x, y) {
  if (index) return { text: "→", kind: "carried", title: `sample ${run.sample} goes on from the state before it`, x, y };
  const kind = run.first > 1 ? "cut" : "zero";
  return { text: "○", kind, title: `step ${run.first} of sample ${run.sample} starts from zero`, x, y };
}

/**
 * Draws a layout into `place`; blocks that were there move to where they stand now.
 * @param {HTMLElement} place
 * @param {Map<string, HTMLElement>} nodes the blocks drawn so far, by sample and step
 * @param {{blocks: Block[], marks: Mark[], height: number}} layout
 */
function drawBlocks(place, nodes, layout) {
  const unused = new Set(nodes.keys());
  for (const block of layout.blocks) {
    const name = `${block.sample}/${block.step}`;
    unused.delete(name);
    const node = nodes.get(name) ?? newBlock(block);
    nodes.set(name, node);
    if (!node.parentElement) place.append(node);
    node.style.transform = `translate(${block.x}px, ${block.y}px)`;
    node.style.width = `${block.width}px`;
    node.textContent = block.head ? String(block.sample) : "";
  }
  for (const name of unused) {
    nodes.get(name).remove();
    nodes.delete(name);
  }
  place.querySelectorAll(".ribbon-mark").forEach((mark) => mark.remove());
  place.append(...layout.marks.map(newMark));
  place.style.height = `${layout.height}px`;
}

function newBlock({ sample, step }) {
  const node = document.createElement("span");
  node.className = "ribbon-block";
  node.style.setProperty("--sample", String(sample));
  node.title = `sample ${sample}, step ${step}`;
  return node;
}

function newMark({ text, kind, title, x, y }) {
  const node = Object.assign(document.createElement("span"), { className: `ribbon-mark ribbon-mark-${kind}`, textContent: text, title });
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, lineHeight: `${HEIGHT}px` });
  return node;
}
