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


def test_other_tasks_have_no_delay() -> None:
    with pytest.raises(ExperimentError, match="choose them"):
        at_delay(ten_spikes(), 25)
