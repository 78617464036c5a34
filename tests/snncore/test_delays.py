"""A bit is remembered over any delay, by networks that differ in nothing else."""

from __future__ import annotations

import pytest

from snncore.errors import ExperimentError
from snncore.experiment.delays import at_delay, without_adaptation
from snncore.experiment.recognition import remember
from snncore.experiment.spec import ten_spikes


@pytest.mark.parametrize("delay", [0, 5, 25, 100])
def test_another_delay_makes_the_experiment_of_that_delay(delay: int) -> None:
    assert at_delay(remember(200), delay) == remember(delay)


def test_without_adaptation_lif_take_the_place_of_alif() -> None:
    assert without_adaptation(remember(50)) == remember(50, adapts=False)
    assert without_adaptation(remember(50, adapts=False)) == remember(50, adapts=False)


def test_without_adaptation_all_that_learned_learns() -> None:
    everything = remember(50).replace({"network.1.learns": None})
    assert without_adaptation(everything) == remember(50, adapts=False).replace({"network.1.learns": None})


def test_recurrent_layers_keep_their_connections() -> None:
    connection = {"in_features": 40, "out_features": 40}
    layers = remember(50).model_dump()["network"]
    adapting = {**layers[1], "kind": "ALIFRecurrent", "rec_connect": connection, "learns": ("rec_connect", "tau_adapt")}
    found = without_adaptation(remember(50).replace({"network": [layers[0], adapting, *layers[2:]]})).network[1]
    assert found.kind == "LIFRecurrent"
    assert found.rec_connect.in_features == 40
    assert found.learns == ("rec_connect",)


def test_other_tasks_have_no_delay() -> None:
    with pytest.raises(ExperimentError, match="choose them"):
        at_delay(ten_spikes(), 25)
