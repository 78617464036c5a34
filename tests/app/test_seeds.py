"""What pages say of seeds is so: a button that draws anew is enabled where another seed changes something, and says so where none does."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from app.words.seeds import SEED_OF, SEEDS, draw_help, seed_note
from snncore.experiment.edits import fitting_input, insert
from snncore.experiment.recognition import digits, remember, yin_yang
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.run.bptt import train
from tests.app import pages
from tests.app.pages import NETWORK, NEURON, TRAINING

pytestmark = pytest.mark.slow  # each runs a page of the app

SHAPE = (1, 50, 1)
INPUTS: dict[str, dict[str, Any]] = {
    kind: fitting_input(kind, SHAPE)
    for kind in ("random_spikes", "poisson_spikes", "latency", "spike_bursts", "step_current", "sine_current", "drawn")
}
INPUTS["always"] = {**INPUTS["random_spikes"], "probability": 1.0}
WITH_DROPOUT = insert(ten_spikes().draft, 2, "Dropout")
DIAGONAL = ten_spikes().replace({f"network.{index}.weights": {"kind": "diagonal"} for index in (0, 2)})


def opened(view: str, made: Draft) -> AppTest:
    """A page with everything about seeds unfolded."""
    return pages.opened(view, made, more=True, seeds=True)


def offered_by(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.label in SEED_OF]


def lone(given: dict[str, Any]) -> Experiment:
    return Experiment(network=[{"kind": "LIF", "tau_mem": 10.0}], input=given)


def changes_input(made: Experiment) -> bool:
    others = [made.replace({"seeds.input": seed}).make_input() for seed in (1, 2, 3)]
    return any(not torch.equal(other, made.make_input()) for other in others)


@pytest.mark.parametrize("view", [NETWORK, NEURON])
@pytest.mark.parametrize("given", INPUTS.values(), ids=INPUTS)
def test_a_new_input_is_offered_where_another_seed_makes_another_one(view: str, given: dict[str, Any]) -> None:
    made = lone(given)
    assert ("New input" in offered_by(opened(view, made))) == changes_input(made)


@pytest.mark.parametrize(("made", "is_drawn"), [(ten_spikes(), True), (DIAGONAL, False), (lone(INPUTS["step_current"]), False)])
def test_new_weights_are_offered_where_another_seed_draws_other_ones(made: Experiment, is_drawn: bool) -> None:
    one, other = (made.replace({"seeds.weights": seed}).build().state_dict() for seed in (0, 1))
    assert any(not torch.equal(one[name], other[name]) for name in one) == is_drawn
    assert ("New weights" in offered_by(opened(NETWORK, made))) == is_drawn


@pytest.mark.parametrize(
    ("made", "offered"),
    [
        (ten_spikes().draft, ["New weights", "New input"]),
        (WITH_DROPOUT, ["New weights", "New input", "New noise"]),
        (WITH_DROPOUT.replace({"network.2.p": 0.0}), ["New weights", "New input"]),
        (WITH_DROPOUT.replace({"input": {**INPUTS["step_current"], "shape": (1, 50, 16)}}), ["New weights", "New noise"]),
        (DIAGONAL.draft, ["New input"]),
        (digits().draft, ["New weights", "New input"]),
        (remember().draft, ["New weights", "New input"]),
    ],
)
def test_a_training_offers_to_draw_what_another_seed_changes(made: Draft, offered: list[str]) -> None:
    page = opened(TRAINING, made)
    assert offered_by(page) == offered
    fixed = {seed_note(made, seed) for label, seed in SEED_OF.items() if label not in offered}
    assert fixed <= set(pages.notes(page))  # they say why


RATE_CODED = digits().replace({"training.task.encoding": {"kind": "rate"}})


@pytest.mark.parametrize(
    ("made", "note", "drawn"),
    [
        (digits(), "Decides the order of the batches.", "Draws a different batch order, with the next seed."),
        (yin_yang(), "Decides the order of the batches.", "Draws a different batch order, with the next seed."),
        (
            RATE_CODED,
            "Decides the order of the batches and the spikes of their samples.",
            "Draws a different batch order and other spikes of the samples, with the next seed.",
        ),
    ],
)
def test_the_input_seed_is_said_to_decide_the_batches_of_labelled_data_and_does(made: Experiment, note: str, drawn: str) -> None:
    assert seed_note(made, "input") == note
    assert draw_help(made, "input", trains=True) == drawn
    first, second = (_first_learned(made.replace({"seeds.input": seed})) for seed in (0, 1))
    assert first != second


def _first_learned(made: Experiment) -> float:
    return next(islice(train(made), 1, None)).loss


def test_a_page_that_does_not_train_offers_no_other_batches() -> None:
    assert "New input" not in offered_by(opened(NETWORK, digits()))
    assert "New input" in offered_by(opened(NETWORK, RATE_CODED))


def test_the_noise_seed_is_said_to_decide_what_a_dropout_drops_and_does() -> None:
    made = Experiment(**dict(WITH_DROPOUT.replace({"training.epochs": 2})))
    assert seed_note(made, "noise") == "Decides which values Dropout 3 drops while training."
    one, other = (next(train(made.replace({"seeds.noise": seed}))).layers[-1] for seed in (0, 1))
    assert not np.array_equal(one.u, other.u)
    assert seed_note(ten_spikes(), "noise") == "Unused: no layer of this network is random while it trains."


def test_loaded_weights_leave_the_weight_seed_unused_until_another_one_draws_new_ones() -> None:
    loaded = ten_spikes().replace({"checkpoint": {"name": "own.safetensors", "digest": "0" * 32}})
    assert seed_note(loaded, "weights") == "Unused: the weights are those of own.safetensors. Another seed draws new ones."
    assert loaded.replace({"seeds.weights": 1}).checkpoint is None
    in_part = ten_spikes().replace({"checkpoint": {"name": "own.safetensors", "digest": "0" * 32, "takes": [("0.weight", "0.weight")]}})
    assert seed_note(in_part, "weights") == (
        "Decides the first weights of Linear 1 and Linear 3; the others are those of own.safetensors. Another seed draws new ones."
    )
    takes = [("0.weight", "0.weight"), ("0.bias", "0.bias")]
    last = ten_spikes().replace({"checkpoint": {"name": "own.safetensors", "digest": "0" * 32, "takes": takes}})
    assert seed_note(last, "weights").startswith("Decides the first weights of Linear 3; the others are those of own.safetensors.")


def test_the_training_page_says_of_each_seed_what_it_decides() -> None:
    assert {seed_note(WITH_DROPOUT, seed) for seed in SEEDS} <= set(pages.notes(opened(TRAINING, WITH_DROPOUT)))
