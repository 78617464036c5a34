// The conversion of a network. Everything for every number of steps is here, so that what is drawn follows a dragged T at each frame.

import { Acts } from "../lib/acts.js";
import { button, element, setText } from "../lib/dom.js";
import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp, sumOf } from "../lib/numbers.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { followUnit, unit } from "../lib/unit.js";
import { placeOn } from "./canvas.js";
import { paintCurve, stepsAt } from "./curve.js";
import { createScatter, describeScatter, paintScatter } from "./scatter.js";
import { paintTrace } from "./trace.js";
import { agreementInWords, costInWords, inPercent } from "./words.js";

await stylesheet(new URL("conversion.css", import.meta.url));

/** @typedef {import("../lib/sent_view.js").Data<import("../wire.js").ConversionData>} Data */
/** @typedef {import("../wire.js").ConversionAct} Act */

/**
 * What the view holds: `steps` is the T on display, `paint` has all of it painted at the next frame.
 * @typedef {object} View
 * @property {Acts<Act>} acts
 * @property {Data} data
 * @property {number} steps
 * @property {boolean} isDragged
 * @property {HTMLElement} root
 * @property {HTMLElement} number
 * @property {HTMLElement} beside
 * @property {HTMLElement} sentence
 * @property {{root: HTMLElement, said: string}} news what it says, as text
 * @property {{root: HTMLElement, canvas: HTMLCanvasElement}} curve
 * @property {{root: HTMLElement, all: import("./scatter.js").Scatter[]}} scatters
 * @property {{root: HTMLElement, title: HTMLElement}} panel
 * @property {{root: HTMLElement, canvas: HTMLCanvasElement}} trace
 * @property {HTMLElement} cost
 * @property {AbortController} ended
 * @property {number} frame
 * @property {() => void} paint
 * @property {ResizeObserver} resizes
 * @property {() => import("../pictures/sheet.js").Painting[]} painted what a picture shows
 */

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data @returns {View} */
function create(parent, data) {
  const root = element("div", "conversion", parent);
  const head = element("div", "conversion-head", root);
  const number = element("span", "conversion-number", head);
  const beside = element("span", "conversion-beside", head);
  const sentence = element("p", "conversion-sentence", root);
  const news = element("div", "conversion-news", root, { ariaLive: "polite" });
  const curve = element("div", "conversion-curve", root, { tabIndex: 0, role: "slider", ariaLabel: "Steps T" });
  const curveCanvas = element("canvas", "conversion-canvas", curve, { ariaHidden: "true" });
  const scatters = element("div", "conversion-scatters", root);
  const panel = element("div", "conversion-panel", root, { hidden: true });
  const line = element("div", "conversion-line", panel);
  const title = element("span", "conversion-title", line);
  const trace = element("div", "conversion-trace", panel, { role: "img" });
  const traceCanvas = element("canvas", "conversion-canvas", trace, { ariaHidden: "true" });
  const cost = element("p", "conversion-cost", root);
  const ended = new AbortController();
  /** @type {View} */
  const view = {
    acts: new Acts(),
    data,
    steps: data.header.comparison?.asked ?? 1,
    isDragged: false,
    root,
    number,
    beside,
    sentence,
    news: { root: news, said: "" },
    curve: { root: curve, canvas: curveCanvas },
    scatters: { root: scatters, all: [] },
    panel: { root: panel, title },
    trace: { root: trace, canvas: traceCanvas },
    cost,
    ended,
    frame: 0,
    paint: () => {
      view.frame ||= requestAnimationFrame(() => paint(view));
    },
    resizes: new ResizeObserver(() => view.paint()),
    painted: () => paintings(view),
  };
  button(line, "Close", () => view.acts.tell({ do: "close" }), { className: "conversion-button" });
  for (const node of [curve, scatters, panel]) view.resizes.observe(node);
  followUnit(view.paint, ended.signal);
  listen(view);
  return view;
}

/** @param {View} view */
function destroy(view) {
  view.ended.abort();
  view.resizes.disconnect();
  cancelAnimationFrame(view.frame);
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  view.acts.update(send, data.header.answered);
  view.data = data;
  const { comparison, neuron } = data.header;
  const asksSteps = view.acts.unanswered.some((act) => act.do === "steps");
  if (comparison && !view.isDragged && !asksSteps) view.steps = comparison.asked;
  view.steps = clamp(view.steps, 1, comparison?.steps ?? 1);
  const layers = comparison?.layers ?? [];
  for (const gone of view.scatters.all.splice(layers.length)) gone.root.remove();
  while (view.scatters.all.length < layers.length) {
    view.scatters.all.push(createScatter(view.scatters.root, view, view.scatters.all.length));
  }
  const isOpened = view.panel.root.hidden && neuron;
  view.panel.root.hidden = !neuron;
  if (isOpened) view.panel.root.scrollIntoView({ block: "nearest" });
  tellNews(view);
  view.root.classList.toggle("conversion-waits", Boolean(data.header.news.status) && Boolean(comparison) && !data.header.trains);
  view.paint();
}

/** @param {View} view */
function paint(view) {
  view.frame = 0;
  if (!view.root.isConnected) return;
  say(view);
  paintCurve(view);
  for (const scatter of view.scatters.all) {
    paintScatter(view, scatter);
    describeScatter(view, scatter);
  }
  paintTrace(view);
  view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
}

/** @param {View} view @returns {import("../pictures/sheet.js").Painting[]} */
function paintings(view) {
  /** @type {[HTMLElement, (stage: import("./canvas.js").Stage) => void][]} */
  const all = [
    [view.curve.root, (stage) => paintCurve(view, stage)],
    ...view.scatters.all.map((scatter) => {
      /** @type {[HTMLElement, (stage: import("./canvas.js").Stage) => void]} */
      const painted = [scatter.root, (stage) => paintScatter(view, scatter, stage)];
      return painted;
    }),
    [view.trace.root, (stage) => paintTrace(view, stage)],
  ];
  return all
    .filter(([node]) => node.clientWidth > 0)
    .map(([node, paint]) => {
      const { left, top, width, height } = node.getBoundingClientRect();
      const [across, down] = [width / unit(), height / unit()];
      return { left, top, width, height, paint: (context) => paint({ context, width: across, height: down }) };
    });
}

/** @param {Element} slider @param {number} least @param {number} most @param {number} now */
function sayValue(slider, least, most, now) {
  for (const [name, value] of Object.entries({ min: least, max: most, now })) slider.setAttribute(`aria-value${name}`, String(value));
}

/** @param {View} view */
function say(view) {
  const { header, arrays } = view.data;
  const { comparison, neuron } = header;
  const { status } = header.news;
  const slider = view.curve.root;
  if (!comparison || header.trains) {
    const epochs = arrays[header.epochs];
    setText(view.number, epochs.length ? inPercent(epochs[epochs.length - 1]) : "–");
    setText(view.beside, `right, ANN after epoch ${Math.max(epochs.length - 1, 0)} of ${header.most}`);
    setText(view.sentence, status);
    slider.setAttribute("aria-valuetext", status || "no comparison yet");
    sayValue(slider, 0, header.most, Math.max(epochs.length - 1, 0));
    setText(view.cost, "");
    return;
  }
  const right = inPercent(arrays[comparison.accuracies][view.steps - 1]);
  setText(view.number, right);
  setText(view.beside, `right after ${view.steps} step${view.steps === 1 ? "" : "s"} · ANN ${inPercent(comparison.artificial)}`);
  setText(view.sentence, status || agreementInWords(comparison, arrays, view.steps));
  sayValue(slider, 1, comparison.steps, view.steps);
  slider.setAttribute("aria-valuetext", `${view.steps} steps: ${right} right`);
  setText(view.cost, costInWords(comparison, arrays, view.steps));
  if (!neuron) return;
  setText(view.panel.title, neuron.title);
  const sent = sumOf(arrays[neuron.s]);
  const words = `${neuron.title}: ${sent} spikes in ${comparison.steps} steps, activation ${neuron.activation.toPrecision(3)}.`;
  view.trace.root.setAttribute("aria-label", words);
}

/** Says what was refused, what parts the networks, and which weights act. Stays as it is while it says the same. @param {View} view */
function tellNews({ news, acts, data }) {
  const { alert, findings, mended, weights, actions } = data.header.news;
  const said = JSON.stringify([alert, findings, mended, weights, actions]);
  if (said === news.said) return;
  const hadFocus = news.root.contains(document.activeElement);
  news.said = said;
  news.root.replaceChildren();
  if (alert) element("p", "plain-alert", news.root, { role: "alert", textContent: alert });
  for (const { kind, words, remedy } of findings) {
    const found = element("div", "conversion-found", news.root);
    element("p", "conversion-sentence", found, { textContent: words });
    button(found, remedy, () => acts.tell({ do: "mend", kind }), { className: "conversion-button" });
  }
  if (mended) element("p", "conversion-sentence", news.root, { textContent: mended });
  const line = element("div", "conversion-found", news.root);
  element("p", "conversion-quiet", line, { textContent: weights });
  for (const action of actions) button(line, action.label, () => acts.tell({ do: action.do }), { className: "conversion-button" });
  if (hadFocus) /** @type {HTMLElement | null} */ (news.root.querySelector("button"))?.focus();
}

// ------------------------------------------------------------------------------------------------- dragging T

/** @param {View} view */
function listen(view) {
  const { root } = view.curve;
  const signal = view.ended.signal;
  root.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || !isShown(view)) return;
      root.setPointerCapture(event.pointerId);
      view.isDragged = true;
      follow(view, event);
    },
    { signal },
  );
  root.addEventListener("pointermove", (event) => view.isDragged && follow(view, event), { signal });
  root.addEventListener("pointerup", () => view.isDragged && release(view), { signal });
  root.addEventListener("pointercancel", () => view.isDragged && goBack(view), { signal });
  root.addEventListener("keydown", (event) => onKey(view, event), { signal });
}

/** @param {View} view */
const isShown = ({ data: { header } }) => header.comparison !== null && !header.trains;

/** @param {View} view @param {PointerEvent} event */
function follow(view, event) {
  const steps = stepsAt(view, placeOn(view.curve.root, event)[0]);
  if (steps === view.steps) return;
  view.steps = steps;
  view.paint();
}

/** @param {View} view */
function release(view) {
  view.isDragged = false;
  tell(view);
}

/** Takes the dragged T back: the finger scrolls the page instead. @param {View} view */
function goBack(view) {
  view.isDragged = false;
  const { unanswered } = view.acts;
  const asked = unanswered.findLast((act) => act.do === "steps");
  view.steps = asked?.do === "steps" ? asked.steps : (view.data.header.comparison?.asked ?? view.steps);
  view.paint();
}

/** @param {View} view */
function tell(view) {
  if (view.steps !== view.data.header.comparison?.asked || view.acts.unanswered.length) {
    view.acts.tellLatest({ do: "steps", steps: view.steps });
  }
}

/** @param {View} view @param {KeyboardEvent} event */
function onKey(view, event) {
  const { comparison } = view.data.header;
  if (!comparison || !isShown(view) || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = ARROWS[event.key];
  const ends = { Home: 1, End: comparison.steps, PageUp: view.steps * 2, PageDown: Math.floor(view.steps / 2) };
  const asked = step ? view.steps + (step[0] - step[1]) * (event.shiftKey ? LEAP : 1) : ends[/** @type {keyof typeof ends} */ (event.key)];
  if (asked === undefined) return;
  event.preventDefault();
  view.steps = clamp(asked, 1, comparison.steps);
  view.paint();
  tell(view);
}
