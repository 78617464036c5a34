"""The states of the Training page, from silence to ten spikes, comparisons and faults, each brought about as a person would."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import expect

from app.server.link import to_parameter
from snncore.activation import SURROGATES
from snncore.experiment.spec import Experiment, ten_spikes
from tests.browser.training_page import CURVES, ENDLESS, NETWORK, TrainingPage
from tests.browser.waiting import open_by

DIVERGING = ten_spikes().replace({"training.lr": 1e30})
UNREACHABLE = ten_spikes().replace({"network.3.spike_fn": {"kind": "SingleSpike"}, "training.task.target": 500})
SPIKE_TIMES = ten_spikes().replace({"training.task": {"kind": "spike_times", "times": [[20, 60], [40], [], [80]]}})


def query(experiment: Experiment) -> str:
    return f"?x={to_parameter(experiment.draft)}"


def ten_spike_states(page: TrainingPage) -> Iterator[str]:
    """Brings the default task through its states and yields their names."""
    page.page.get_by_role("button", name="Why silent?").click()
    page.until(lambda: "fire 9 spikes" in page.said)
    yield "why it is silent"
    page.press("Close")
    page.until(lambda: page.said == "")
    page.choose("Explain", "Where the gradient goes")
    page.page.get_by_role("checkbox", name="Detach the reset").check()
    expect(page.button("As trained")).to_be_visible()
    page.plot(NETWORK).locator("canvas[data-kind=heatmap]").first.click()
    expect(page.page.locator(".rows-sum")).to_be_visible()
    yield "where the gradient goes"
    page.choose("Explain", "The surrogate and the true loss")
    expect(page.page.locator(".st-key-insight .plot[data-drawn]")).to_have_count(3)
    yield "the surrogate and the true loss"
    page.choose("Explain", "Phases of an epoch")
    page.button("What if it is left out?").locator("visible=true").click()
    expect(page.page.locator(".gallery-tile")).to_have_count(3)
    yield "a prediction of what happens without a phase"
    page.press("Back to the rows")
    expect(page.plot(NETWORK).locator("canvas[data-kind=traces]").first).to_be_visible()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    yield "ten spikes"
    page.page.get_by_role("button", name="Look back at the first spike").first.click()
    page.until(lambda: page.epoch == 32)
    page.page.mouse.move(0, 0)  # it rests on the button, which then says why it can't be pressed
    expect(page.page.get_by_role("tooltip")).to_have_count(0)
    yield "the first spike"
    page.page.locator(CURVES).focus()
    page.page.keyboard.press("Home")
    page.until(lambda: page.epoch == 0)
    yield "an epoch looked back at"
    page.page.keyboard.press("End")
    page.until(lambda: page.epoch == 51)
    yield "the next steps"
    page.choose("Compare", "Pin this training as A")
    page.until(lambda: "Same as A so far" in page.said)
    page.slide("Membrane time constant", "ArrowRight", times=2)
    page.until(lambda: "Differs from A" in page.said)
    yield "A beside it"
    page.page.get_by_text("Gradients, rates, weights, time constants").click()
    expect(page.page.locator(".plot[data-drawn]")).to_have_count(2)
    yield "the drawer open"
    page.choose("Compare", "Which surrogate learns fastest?")
    page.until(lambda: f"{len(SURROGATES)} of {len(SURROGATES)} done" in page.said)
    yield "trainings side by side"
    open_by(page.page.get_by_role("button", name="Use one of them"), page.page.get_by_role("menuitem"))
    yield "one of them chosen"


def running_states(page: TrainingPage) -> Iterator[str]:
    """On `ENDLESS`: while it is trained, guessed at, and paused."""
    page.train()
    expect(page.button("Pause")).to_be_visible()
    page.until(lambda: page.epoch > 1)
    yield "while it trains"
    page.press("Pause")
    expect(page.button("Train them")).to_be_visible()
    page.until(lambda: page.epoch == page.settled_epoch())
    yield "paused"


def faulty_states(page: TrainingPage) -> Iterator[str]:
    """On `DIVERGING`: a training that broke down."""
    page.train()
    page.until(lambda: page.page.get_by_role("alert").count() > 0)
    expect(page.button("Stopped")).to_be_disabled()
    yield "a training that diverged"


def still_states(page: TrainingPage) -> Iterator[str]:
    """On any Experiment: as it opens."""
    expect(page.plot(NETWORK)).to_be_visible()
    yield "as it opens"


STATES = {
    "ten spikes": ("", ten_spike_states),
    "endless": (query(ENDLESS), running_states),
    "diverging": (query(DIVERGING), faulty_states),
    "unreachable": (query(UNREACHABLE), still_states),
    "spike times": (query(SPIKE_TIMES), still_states),
}
"""What a link opens, and what brings it into its states, by name."""
