"""How long after a slider is moved by a key all plots show the new network, and how many bytes that takes, in a real Chromium.

`python -m benchmarks.app_latency` prints medians and 95th percentiles for the Training page, for the Network page with the ten-spike net
and with the convolutional one (8 samples × 100 steps), and beside them, taken in turn in the same run, those of a page that draws the
Training page's figures with `st.plotly_chart`. From the key to the frame after the last change in any plot. Then the bytes that a
move, and a first and a second visit of each page, bring, as they come over the line.
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack, closing

import torch
from playwright.sync_api import Browser, sync_playwright

from app.components.sent import Sent
from app.figures.rows import Notes, describe_rows, rows_figure
from app.server.limits import check
from app.server.link import to_parameter
from app.state.network_view import NetworkView
from app.state.presets import presets
from app.widgets.network import view_of
from app.words.findings import findings_in_words
from benchmarks.browser import open_watched, press_threshold, until_redrawn
from benchmarks.line import Line
from benchmarks.timing import medians, percentile
from snncore.diagnosis.layers import diagnose
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.simulation import simulate
from tests.browser.chromium import QUIET, find
from tests.browser.server import serve

SAMPLES = 20
WARM_UP = 5

RESERVOIR = "Network page, reservoir"

RATIO_BAR = 2.0
BYTES_BARS = {"Training page": 15.0, "Network page": 10.0}
"""kB for a move of the slider."""

VISIT_TIME = 3000
"""Milliseconds after which a visited page counts as loaded."""


def main() -> None:
    print(f"{SAMPLES} samples each, in turn; milliseconds from a key on the threshold slider to the last change in a plot")
    with sync_playwright() as playwright, serve() as ours, serve(script="benchmarks/peer_app.py") as peer, ExitStack() as closing_lines:
        browser = playwright.chromium.launch(executable_path=find(), args=list(QUIET))
        reservoir = next(preset.experiment for preset in presets() if preset.title == "Recurrent reservoir")
        places = {
            "Training page": (ours, ""),
            "Network page": (ours, "network"),
            "Network page, convolution": (ours, f"network?x={to_parameter(convolution())}"),
            RESERVOIR: (ours, f"network?x={to_parameter(reservoir)}"),
            "st.plotly_chart": (peer, ""),
        }
        lines = {name: closing_lines.enter_context(closing(Line(server.url))) for name, (server, _) in places.items()}
        addresses = {name: f"{lines[name].url}{place}" for name, (_, place) in places.items()}
        pages = {name: open_watched(browser.new_page(), address) for name, address in addresses.items()}
        for page in pages.values():
            page.bring_to_front()
            press_threshold(page, 0)  # off the preset: where its name comes and goes, the whole page is drawn
            until_redrawn(page)
        times: dict[str, list[float]] = {}
        received: dict[str, list[int]] = {}
        for sample in range(WARM_UP + SAMPLES):
            for name, page in pages.items():
                page.bring_to_front()
                lines[name].clear()
                press_threshold(page, sample)
                taken = until_redrawn(page)
                if sample >= WARM_UP:
                    times.setdefault(name, []).append(taken)
                    received.setdefault(name, []).append(lines[name].bytes)
        visits = {name: _visits(browser, address, lines[name]) for name, address in addresses.items()}
        browser.close()
    print(f"Network page, ten-spike net: the server computes {_server_milliseconds():.1f} ms for a move")
    for name, values in times.items():
        print(f"{name:26} median {statistics.median(values):5.0f}  p95 {percentile(values, 95):5.0f}")
    for name in list(addresses)[:-1]:
        ratio = statistics.median(times["st.plotly_chart"]) / statistics.median(times[name])
        print(f"st.plotly_chart takes {ratio:.1f} times as long as {name} (bar: at least {RATIO_BAR:.0f})")
    slower = statistics.median(times[RESERVOIR]) / statistics.median(times["Network page"])
    print(f"{RESERVOIR} takes {slower:.2f} times as long as with the ten-spike net (bar: no longer)")
    for name, sizes in received.items():
        bar = f" (bar: below {BYTES_BARS[name]:.0f})" if name in BYTES_BARS else ""
        print(f"a move brings {statistics.median(sizes) / 1e3:5.1f} kB to the {name}{bar}")
    for name, (first, second) in visits.items():
        print(f"a first visit brings {first / 1e3:6.0f} kB to the {name}, a second one {second / 1e3:6.0f} kB (bar: a tenth)")


def _visits(browser: Browser, address: str, line: Line) -> tuple[int, int]:
    """Bytes of a first visit, and of a second one by the same browser."""
    context = browser.new_context()
    page = context.new_page()
    sizes = []
    for _ in range(2):
        line.clear()
        page.goto(address)
        page.locator(".js-plotly-plot .main-svg, .rows[data-drawn], .neuron[data-drawn]").first.wait_for()
        page.wait_for_timeout(VISIT_TIME)
        sizes.append(line.bytes)
    context.close()
    return sizes[0], sizes[1]


def _server_milliseconds() -> float:
    """Of one move of a slider on the Network page with the ten-spike net, from the edit to the bytes that are sent; no drawing."""
    composed, seen, sent = ten_spikes().draft, NetworkView(), Sent("rows")

    def move() -> None:
        experiment = Experiment(**dict(composed.replace({"network.1.spike_threshold": 0.9})))
        check(experiment)
        (simulation,) = simulate(experiment)
        notes = {index: Notes(findings_in_words(findings)) for index, findings in diagnose(simulation).items()}
        figure = rows_figure(simulation, view_of(seen, simulation), notes, "light")
        sent.message({**figure.header, "description": describe_rows(simulation)}, figure.arrays)

    torch.set_num_threads(1)
    return 1e3 * medians([move], rounds=50)[0]


if __name__ == "__main__":
    main()
