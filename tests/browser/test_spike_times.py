"""The task of spike times in a real browser: it is chosen, its targets are clicked onto the output's row, and training comes closer."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from app.server.link import to_parameter
from app.state.presets import presets
from tests.browser.conftest import Open
from tests.browser.training_page import NETWORK, TrainingPage
from tests.browser.views import of_view
from tests.browser.waiting import box_of

LEFT, RIGHT = 52, 44
"""Pixels of the rows beside the time axis, as app/web/lib/time_axis.js has them."""


def marks(page: TrainingPage) -> list[list[int]]:
    """Neuron and step of every target that is drawn."""
    found: list[list[int]] = of_view(
        page.plot(NETWORK),
        """({ header, arrays }) => {
            const row = header.groups.flatMap(group => group.rows).find(row => row.marks);
            return row ? Array.from(arrays[row.marks.times], (time, index) => [arrays[row.marks.lines][index], time]) : [];
        }""",
    )
    return sorted(found)


def place_of(page: TrainingPage, neuron: int, step: int, neurons: int, steps: int) -> dict[str, Any]:
    """Where a step of an output neuron lies on its raster, the last one."""
    raster = page.plot(NETWORK).locator("canvas[data-kind=raster]").last
    box = box_of(raster)
    return {
        "x": LEFT + (step + 0.5) / steps * (box["width"] - LEFT - RIGHT),
        "y": (neuron + 0.5) / neurons * box["height"],
    }


def click(page: TrainingPage, neuron: int, step: int, neurons: int = 4, steps: int = 100) -> None:
    page.plot(NETWORK).locator("canvas[data-kind=raster]").last.click(position=place_of(page, neuron, step, neurons, steps))


def distance(page: TrainingPage) -> float:
    return float(page.number)


def targets(page: TrainingPage) -> list[str]:
    """What the field of targets holds; while the page is drawn anew, the one before may still be there too."""
    found: list[str] = page.page.get_by_label("Target spikes (steps)").evaluate_all("fields => fields.map(field => field.value)")
    return found


def choose_times(page: TrainingPage) -> None:
    page.page.get_by_role("combobox", name="Learns").select_option("Spike times")
    expect(page.button("Train them")).to_be_visible()


def test_the_task_is_chosen_targets_are_clicked_and_training_comes_closer(open_page: Open) -> None:
    experiment = next(preset.experiment for preset in presets() if preset.title == "Spike times")
    counting = experiment.replace({"training.task": {"kind": "spike_count", "target": 10}})
    page = open_page(f"?x={to_parameter(counting.draft)}")
    choose_times(page)
    field = page.page.get_by_label("Target spikes (steps)")
    field.fill("|")
    field.press("Enter")
    page.until(lambda: marks(page) == [])
    for number, (neuron, step) in enumerate(((0, 20), (1, 35), (0, 50), (1, 99)), start=1):
        click(page, neuron, step, neurons=2)
        page.until(lambda number=number: len(marks(page)) == number)
    click(page, 1, 99, neurons=2)
    page.until(lambda: marks(page) == [[0, 20], [0, 50], [1, 35]])
    page.until(lambda: targets(page) == ["20, 50 | 35"])
    begun = page.curves()[0][0]
    page.choose_speed("full speed")
    page.button("Train them").click()
    page.until(lambda: page.epoch > 5 and distance(page) < begun / 2, patience=90)
    page.until(lambda: page.curves()[0][-1] < begun / 2)
    expect(page.page.locator(".headline-unit")).to_have_text(re.compile(r"^distance · epoch \d+$"))


def test_clicks_that_follow_each_other_at_once_all_count(open_page: Open) -> None:
    page = open_page()
    choose_times(page)
    page.page.get_by_label("Target spikes (steps)").fill("| | |")
    page.page.get_by_label("Target spikes (steps)").press("Enter")
    page.until(lambda: marks(page) == [])
    wanted = [[0, 10], [1, 30], [2, 50], [3, 70]]
    for neuron, step in wanted:
        click(page, neuron, step)
    page.until(lambda: marks(page) == wanted)
    page.until(lambda: targets(page) == ["10 | 30 | 50 | 70"])


def test_a_target_is_set_by_the_keys_too_and_told_where_the_cursor_stands(open_page: Open) -> None:
    page = open_page()
    choose_times(page)
    assert [3, 0] not in marks(page)
    readout = page.page.locator(".rows-readout")
    page.plot(NETWORK).focus()

    def stands_there() -> bool:
        """Down to the last row, the output's spikes, and in it to neuron 3, unless a drawing of the new task has put the cursor back."""
        for key in ["Shift+ArrowDown"] * 12 + ["ArrowDown"] * 3 + ["Home"]:
            page.page.keyboard.press(key)
        return readout.inner_text().startswith("LIF 4 neuron 3 · time 0 ·")

    page.until(stands_there)
    page.page.keyboard.press("Enter")
    page.until(lambda: [3, 0] in marks(page))
    expect(readout).to_have_text("LIF 4 neuron 3 · time 0 · spikes 0 · target")
