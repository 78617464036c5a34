"""What becomes of the ten-spike training without one of its phases: the harmless cases too."""

from __future__ import annotations

import pytest

from snncore.errors import DivergenceError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain.phase_left_out import LEAVABLE, Outcome, outcome, train_without
from snncore.run.epoch import EpochRecord, Phase

EPOCHS = 60


def trained(experiment: Experiment, phase: Phase | None) -> list[EpochRecord]:
    records: list[EpochRecord] = []
    assert train_without(experiment, phase, EPOCHS, records.append)
    return records


@pytest.fixture(scope="module")
def whole() -> list[EpochRecord]:
    return trained(ten_spikes(), None)


EXPECTED: dict[Phase, Outcome] = {
    Phase.RESET_PARAMETER_GRADIENTS: "other",
    Phase.RESET_STATE_GRADIENTS: "same",
    Phase.RESET_STATES: "other",
    Phase.BACKWARD: "still",
    Phase.UPDATE: "still",
}


@pytest.mark.parametrize("phase", LEAVABLE)
def test_each_phase_that_is_left_out_has_its_outcome(whole: list[EpochRecord], phase: Phase) -> None:
    without = trained(ten_spikes(), phase)
    assert len(without) == EPOCHS
    assert outcome(whole, without) == EXPECTED[phase]


def test_gradients_that_add_up_lead_beyond_the_goal_that_the_whole_training_reaches(whole: list[EpochRecord]) -> None:
    assert any(record.is_reached for record in whole), "and it trains on"
    assert max(record.score for record in trained(ten_spikes(), Phase.RESET_PARAMETER_GRADIENTS)) > 15


def test_a_training_that_stands_still_either_way_is_the_same() -> None:
    still = ten_spikes().replace({"training.optimiser": "SGD", "training.lr": 1e-30})
    assert outcome(trained(still, None), trained(still, Phase.UPDATE)) == "same"


def test_records_are_numbers_alone_and_it_can_be_stopped() -> None:
    records: list[EpochRecord] = []
    assert not train_without(ten_spikes(), None, EPOCHS, records.append, stop=lambda: len(records) == 3)
    assert [record.epoch for record in records] == [0, 1, 2]
    assert not any(record.is_whole for record in records)


def test_one_that_diverges_tells_where_and_keeps_its_epochs(whole: list[EpochRecord]) -> None:
    records: list[EpochRecord] = []
    wild = ten_spikes().replace({"training.optimiser": "SGD", "training.lr": 1e30})
    with pytest.raises(DivergenceError):
        train_without(wild, Phase.RESET_PARAMETER_GRADIENTS, EPOCHS, records.append)
    assert records
    assert outcome(whole, records) == "other"
