// Saves what the page shows: plots and rows, each where it stands. Reads the page only; of the other components it knows the classes of
// their nodes, `.plot` with a Plotly figure in `.plot-graph`, `.rows` with canvases, words, and a foot that sticks to the window, and
// `.neuron`, which paints itself: its `painted()` is a list of `{left, top, width, height, paint}` in pixels of the window, and `paint` takes
// a 2-D context whose origin is at `left`, `top`.

const SCALE = 2; // pixels of a picture for one of the page
const MARGIN = 12; // pixels of the page around what is shown
const UNSAID = "button:not(.rows-title), .rows-tip, .rows-readout"; // words that are not part of a picture

const roots = new WeakMap();

export default function ({ parentElement }) {
  if (roots.has(parentElement)) return;
  const root = Object.assign(document.createElement("div"), { className: "pictures" });
  const message = Object.assign(document.createElement("p"), { className: "pictures-message" });
  message.setAttribute("role", "status");
  const button = (label, title, save) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label, title });
    made.onclick = async () => (message.textContent = await save().catch((error) => `The picture could not be made: ${error.message}.`));
    return made;
  };
  root.append(
    button("Picture (PNG)", "All plots of the page, at twice their size", savePng),
    button("Curves (SVG)", "The curves alone, for print", saveSvg),
    message,
  );
  parentElement.append(root);
  roots.set(parentElement, root);
}

/** @returns {Promise<string>} what went wrong; empty where nothing did */
async function savePng() {
  const sheet = lay(shown(".plot[data-drawn], .rows[data-drawn], .neuron[data-drawn]"));
  if (!sheet) return "There is no plot on this page so far.";
  const canvas = Object.assign(document.createElement("canvas"), { width: sheet.width * SCALE, height: sheet.height * SCALE });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = sheet.background;
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.translate(-sheet.left, -sheet.top);
  for (const node of sheet.nodes) {
    if (node.matches(".rows")) drawRows(context, node);
    else if (node.matches(".neuron")) drawPainted(context, node);
    else await drawPlot(context, node.querySelector(".plot-graph"));
  }
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  if (!blob) return "The picture is larger than this browser can make; close some layers first.";
  download(blob, "snn-playground.png");
  return "";
}

/** @returns {Promise<string>} what went wrong; empty where nothing did */
async function saveSvg() {
  const sheet = lay(shown(".plot[data-drawn], .neuron[data-drawn]"));
  if (!sheet) return "There are no curves on this page so far.";
  const { width, height } = sheet;
  const picture = svgNode("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(svgNode("rect", { width, height, fill: sheet.background }));
  const context = new SvgContext(picture);
  context.translate(-sheet.left, -sheet.top);
  for (const node of sheet.nodes) {
    if (node.matches(".neuron")) drawPainted(context, node);
    else picture.append(await curvesOf(node.querySelector(".plot-graph"), sheet));
  }
  download(new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" }), "snn-playground-curves.svg");
  return "";
}

const shown = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.clientWidth > 0);

/** The part of the window that the nodes take, with a margin, in pixels; null where there are none. */
function lay(nodes) {
  if (!nodes.length) return null;
  const boxes = nodes.flatMap((node) => node.painted?.() ?? node.getBoundingClientRect());
  const [left, top] = [Math.min(...boxes.map((box) => box.left)) - MARGIN, Math.min(...boxes.map((box) => box.top)) - MARGIN];
  const width = Math.ceil(Math.max(...boxes.map((box) => box.left + box.width)) + MARGIN - left);
  const height = Math.ceil(Math.max(...boxes.map((box) => box.top + box.height)) + MARGIN - top);
  return { nodes, left, top, width, height, background: getComputedStyle(nodes[0]).getPropertyValue("--st-background-color") };
}

async function curvesOf(graph, sheet) {
  const { left, top, width, height } = graph.getBoundingClientRect();
  const text = await window.Plotly.toImage(graph, { format: "svg", width, height, imageDataOnly: true });
  const curves = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  return setAttributes(curves, { x: left - sheet.left, y: top - sheet.top });
}

async function drawPlot(context, graph) {
  const { left, top, width, height } = graph.getBoundingClientRect();
  const picture = new Image();
  picture.src = await window.Plotly.toImage(graph, { format: "png", width, height, scale: SCALE });
  await picture.decode();
  context.drawImage(picture, left, top, width, height);
}

function drawPainted(context, node) {
  for (const { left, top, paint } of node.painted()) {
    context.save();
    context.translate(left, top);
    paint(context);
    context.restore();
  }
}

/** Canvases as sharp as they are on the screen, and the words between them. */
function drawRows(context, root) {
  const foot = root.querySelector(".rows-foot");
  const stuck = root.querySelector(".rows-body").getBoundingClientRect().bottom - foot.getBoundingClientRect().top;
  context.imageSmoothingEnabled = SCALE % window.devicePixelRatio !== 0;
  for (const canvas of root.querySelectorAll("canvas")) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    context.drawImage(canvas, left, top + (foot.contains(canvas) ? stuck : 0), width, height);
  }
  drawWords(context, root);
}

/** Word by word, so that lines break where they do on the page. */
function drawWords(context, root) {
  const range = document.createRange();
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, ({ parentElement }) =>
    parentElement.closest(UNSAID) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  context.textBaseline = "middle";
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { fontWeight, fontSize, fontFamily, color } = getComputedStyle(text.parentElement);
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    context.fillStyle = color;
    for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const { left, top, height } = range.getBoundingClientRect();
      context.fillText(word, left, top + height / 2);
    }
  }
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // once the browser has surely taken it
}
