"""What it costs to see why: recording gradients while a network trains, opening the causes of a spike, and opening credit through time.

`python -m benchmarks.app_why` prints each beside its bar, and then, in Chromium, how soon credit of the ten-spike network is opened, a
cell is answered, and how long frames are while credit plays back; `python -m benchmarks.app_why short` measures few rounds.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from playwright.sync_api import sync_playwright

from app.components.assets import web_url
from app.figures.causes import causes_figure
from app.figures.credit import credit_figure
from app.state.why import Question, Why
from benchmarks.browser import VIEWPORT
from benchmarks.timing import medians, percentile
from snncore import kernels
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import credit, flow
from snncore.layers.model import spiking_layers
from snncore.run.bptt import Trainer
from snncore.run.simulation import Simulation, simulate
from tests.browser.chromium import QUIET, find
from tests.browser.server import serve
from tests.browser.training_page import TrainingPage

MOST_ADDED = 0.30
"""Share of an epoch that recording ∂L/∂u of all layers may add."""

TEN_SPIKES, LARGE = 0.2, 1.0
"""Seconds until an explanation of the ten-spike network, and of 1,000 neurons over 200 steps, is there to be sent."""


LONGEST_FRAME = 33.0
"""Milliseconds, while credit plays back."""

VISITS, CELLS = 10, 20

WAIT = """(condition) => {
    window.waited_ = new Promise((resolve) => {
        const listen = (event) => {
            const wait = () => (eval(condition) ? resolve(performance.now() - event.timeStamp) : requestAnimationFrame(wait));
            wait();
        };
        addEventListener("click", listen, { capture: true, once: true });
    });
}"""
"""Milliseconds from the next click to the first frame in which a condition holds."""

COLLECT = """async (node, address) => {
    const { viewAt } = await import(new URL(address, document.baseURI));
    const view = viewAt(node.parentElement);
    window.frames_ = [];
    const collect = (time) => {
        window.frames_.push([time, view.front]);
        window.collecting = requestAnimationFrame(collect);
    };
    window.collecting = requestAnimationFrame(collect);
}"""
COLLECTED = "() => { cancelAnimationFrame(window.collecting); return window.frames_; }"


def main() -> None:
    torch.set_num_threads(1)
    kernels.prepare()
    rounds = 3 if "short" in sys.argv else 30
    plain, recorded = medians([_epoch(ten_spikes(), records=False), _epoch(ten_spikes(), records=True)], rounds)
    print(f"an epoch of ten spikes {1e3 * plain:.2f} ms; recording ∂L/∂u adds {recorded / plain - 1:.0%}; bar: {MOST_ADDED:.0%}")
    for name, experiment, bar in (("ten spikes", ten_spikes(), TEN_SPIKES), ("1,000 neurons, 200 steps", large(), LARGE)):
        simulation = simulate(experiment)[0]
        opened, known, drawn = medians([partial(_open, simulation), partial(credit, experiment), partial(_open_credit, experiment)], rounds)
        print(
            f"{name}: causes of a spike {1e3 * opened:.0f} ms, credit {1e3 * known:.0f} ms, with its rows {1e3 * drawn:.0f} ms; "
            f"bar: {1e3 * bar:.0f} ms"
        )

    with sync_playwright() as playwright, serve() as server:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        _in_browser(
            lambda: TrainingPage(browser.new_context(viewport=VIEWPORT).new_page(), server.url), 2 if "short" in sys.argv else VISITS
        )
        browser.close()


def _in_browser(visit: Callable[[], TrainingPage], visits: int) -> None:
    """Time what a visitor waits for after a click, and the frames of a gradient that plays back."""
    opened, answered = [], []
    page = visit()
    for number in range(visits):
        if number:
            page.page.context.close()
            page = visit()
        page.press("Explain")
        cells = page.page.locator(".rows canvas[data-kind=heatmap]")
        page.page.evaluate(WAIT, "document.querySelectorAll('.rows canvas[data-kind=heatmap]').length > 1")
        page.page.locator("[class*='st-key-insight-credit'] button").locator("visible=true").first.click()
        opened.append(page.page.evaluate("window.waited_"))
        page.page.locator(".rows[aria-label^='Rasters']").wait_for(state="detached")
        for cell in range(CELLS // visits):
            x = 52 + (20.5 + 3 * cell) / 100 * (cells.nth(1).bounding_box() or {})["width"] * 0.9
            before = page.page.evaluate("document.querySelector('.rows-sum')?.innerText ?? ''")
            page.page.evaluate(WAIT, f"(document.querySelector('.rows-sum')?.innerText ?? {before!r}) !== {before!r}")
            cells.nth(1).click(position={"x": x, "y": 10})
            answered.append(page.page.evaluate("window.waited_"))
    print(f"in the browser: credit opened after {statistics.median(opened):.0f} ms; bar: {1e3 * TEN_SPIKES:.0f} ms")
    print(f"in the browser: a cell's chain rule after {statistics.median(answered):.0f} ms")
    page.page.locator(".rows").evaluate(COLLECT, f"{web_url()}/lib/view.js")
    page.press("Play from right to left")
    page.button("Stop").wait_for()
    page.button("Play from right to left").wait_for()
    frames = page.page.evaluate(COLLECTED)
    playing = [(at, front) for at, front in frames if front is not None]
    lengths = [after[0] - before[0] for before, after in pairwise(playing)]
    print(
        f"in the browser: frames of median {statistics.median(lengths):.1f} ms, p95 {percentile(lengths, 95):.1f}, longest "
        f"{max(lengths):.1f} (bar, longest: {LONGEST_FRAME:.0f}), while credit plays back over {len({front for _, front in playing})} steps"
    )


def large() -> Experiment:
    """Return a network of 1,000 hidden neurons over 200 steps."""
    network = [
        {"kind": "Linear", "in_features": 100, "out_features": 1000},
        {"kind": "LIF", "tau_mem": 10.0},
        {"kind": "Linear", "in_features": 1000, "out_features": 10},
        {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.1},
    ]
    return Experiment(network=network, input=RandomSpikes(shape=(1, 200, 100), probability=0.8))


def _epoch(experiment: Experiment, *, records: bool) -> Callable[[], object]:
    """Return a call that trains one more epoch."""
    trainer = Trainer(experiment)
    for layer in spiking_layers(trainer.model).values():
        layer.record_gradients = records
    return lambda: list(trainer.epochs(1))


def _open(simulation: Simulation) -> object:
    """Explain the last output spike, or the last output potential, and draw the figure."""
    layer = max(simulation.records)
    fired = np.argwhere(simulation.records[layer].spikes[0])
    step, neuron = fired[-1] if len(fired) else (simulation.input.shape[1] - 1, 0)
    why = Why()
    why.ask(Question(layer, int(neuron), int(step)))
    explained = why.explain(simulation, 0)
    return causes_figure(simulation, explained.found, None, "light")


def _open_credit(experiment: Experiment) -> object:
    """Compute credit and draw its figure, one cell asked about."""
    found = credit(experiment)
    layer = max(found.layers)
    flow(found.layers[layer], 0, found.layers[layer].u.shape[1] - 1)
    return credit_figure(experiment, found, found, (layer, 0, 0), "light")


if __name__ == "__main__":
    main()
