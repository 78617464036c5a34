"""A value over time is drawn for its own step, from half a step before to half a step after: nothing rises before what causes it."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, expect

from app.figures.style import PALETTES, Theme
from app.server.link import to_parameter
from app.state.tuned_neuron import DEFAULT, edited
from snncore.experiment.spec import Experiment
from snncore.run.simulation import simulate
from tests.browser.conftest import OpenNetwork, OpenNeuron
from tests.browser.waiting import box_of
from tests.length import sampled

PULSE = Experiment(
    network=[{"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.6}],
    input={"kind": "step_current", "shape": [1, 40, 1], "amplitude": 1.0, "start": 20, "stop": 30},
)
Points = NDArray[np.float64]


# ------------------------------------------------------------------------------------------------ the Neuron page, as vectors


def lines(drawing: Path, color: str) -> list[Points]:
    """The lines of a colour that a picture holds, each as its corners."""
    found = []
    for node in ElementTree.parse(drawing).getroot().iter("{http://www.w3.org/2000/svg}path"):
        if node.get("stroke", "").upper() == color.upper():
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", node.attrib["d"])]
            found.append(np.array(numbers).reshape(-1, 2))
    return found


@pytest.mark.parametrize("changes", sampled([{}, {"network.0.tau_syn": 4.0}, {"network.0.kind": "ALIF", "network.0.adapt_scale": 3.0}]))
def test_on_the_neuron_page_every_value_is_level_for_its_step_and_a_spike_falls_in_the_middle_of_its_own(
    changes: dict[str, object], open_neuron: OpenNeuron
) -> None:
    experiment = edited(DEFAULT.replace({"input.amplitude": 2.0, "network.0.tau_mem": 10.0}), changes, {})
    (record,) = simulate(experiment)[0].records.values()
    u, v = record.u[0, :, 0], record.v[0, :, 0]
    page = open_neuron(f"?x={to_parameter(experiment)}")
    page.button("Share").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name="Curves (SVG)").click()
    palette = PALETTES["light"]
    drawing = download.value.path()
    (trace,) = [line for line in lines(drawing, palette.membrane) if len(line) > 100]
    across, up = trace.T
    left, right = across.min(), across.max()
    step = (right - left) / len(u)
    assert (np.diff(across) >= 0).all()
    assert all(before[0] == after[0] or before[1] == after[1] for before, after in pairwise(trace)), "level or upright"
    scale = np.polyfit([min(u.min(), v.min()), u.max()], [up.max(), up.min()], 1)
    for time in range(len(u)):
        for place, value in ((time + 0.25, u[time]), (time + 0.75, v[time])):
            drawn = np.interp(left + place * step, across, up)
            assert drawn == pytest.approx(np.polyval(scale, value), abs=0.05), f"{'u' if value == u[time] else 'v'} of step {time}"
    if record.i_syn is not None:
        (current,) = [line for line in lines(drawing, palette.synaptic_current) if len(line) > 100]
        rises = current[:-1][np.diff(current[:, 1]) != 0][0]
        assert rises[0] == pytest.approx(left + experiment.at("input.start") * step, abs=0.05)
    for handle, edge in (("start", experiment.at("input.start")), ("stop", experiment.at("input.stop"))):
        box, plot = box_of(page.handle(handle)), box_of(page.plot)
        margin = 52  # pixels left of time
        width = plot["width"] - margin - 44
        place = box["x"] + box["width"] / 2 - plot["x"] - margin
        assert place == pytest.approx(edge / len(u) * width, abs=1), f"{handle} is held where the input changes"


# --------------------------------------------------------------------------------------------------- rows, as they are seen


def ink(canvas: Locator, color: str, tolerance: int = 90) -> NDArray[np.bool_]:
    """Where a canvas shows a colour, within a tolerance that is less for colours near that of blurred words."""
    shot = np.asarray(Image.open(BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    shown: NDArray[np.bool_] = np.abs(shot - wanted).sum(axis=2) < tolerance
    return shown


def changes_of(shown: NDArray[np.bool_]) -> list[int]:
    """Columns where a line is upright: it takes much more than its width."""
    tall = shown.sum(axis=0) > 8
    return [column for column in range(1, len(tall)) if tall[column] and not tall[column - 1]]


@pytest.mark.parametrize("theme", sampled(["light", "dark"]))
def test_on_the_network_page_u_rises_with_the_input_that_causes_it_and_falls_within_the_spike(
    theme: Theme, open_network: OpenNetwork
) -> None:
    page = open_network(f"?x={to_parameter(PULSE)}", theme=theme)
    palette = PALETTES[theme]
    page.page.mouse.move(0, 0)
    given = ink(page.canvas("traces", 0), palette.quiet_input, tolerance=30)
    u = ink(page.canvas("traces", 1), palette.membrane)
    rises, ends = changes_of(given)
    step = (ends - rises) / 10
    assert u[:, : rises - 1].any(axis=1).sum() <= 4, "u rests until the input begins"
    assert changes_of(u)[0] == pytest.approx(rises, abs=1.5)
    spikes = ink(page.canvas("raster", 0), palette.text)
    spikes[:, : rises - 1] = False  # the axis' words
    first = int(np.flatnonzero(spikes.sum(axis=0) > 20)[0])
    assert min(abs(column - first - step / 2) for column in changes_of(u)) <= 1.5


COUNT_CORNERS = """() => {
    window.corners = 0;
    const { lineTo } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.lineTo = function (...point) {
        window.corners += 1;
        lineTo.apply(this, point);
    };
}"""


def test_a_long_run_is_drawn_with_every_extreme_in_few_lines(open_network: OpenNetwork) -> None:
    pulses = Experiment(
        network=[{"kind": "LIF", "tau_mem": 5.0, "spike_threshold": 0.9}],
        input={"kind": "spike_bursts", "shape": [1, 20_000, 1], "period": 4000, "first": 2000, "weight": 8.0},
    )
    page = open_network(f"?x={to_parameter(pulses)}")
    palette = PALETTES["light"]
    page.page.mouse.move(0, 0)
    u = ink(page.canvas("traces", 1), palette.membrane)
    assert len(changes_of(u)) == 5, "one for each pulse of a single step"
    page.page.evaluate(COUNT_CORNERS)
    page.page.set_viewport_size({"width": 1200, "height": 800})
    page.until(lambda: page.page.evaluate("window.corners") > 0)
    assert page.page.evaluate("window.corners") < 20_000


def test_the_pictures_of_inputs_rise_at_once_too(open_network: OpenNetwork) -> None:
    page = open_network(device_scale_factor=4)
    page.open_panel("Input")
    picture = page.page.locator("[data-kind=step_current] canvas")
    expect(picture).to_be_visible()
    shown = ink(picture, PALETTES["light"].input)
    assert len(changes_of(shown)) == 1
    assert 0 < (shown.sum(axis=0) > 40).sum() < 4 * 2, "it takes no more than the width of its line"
