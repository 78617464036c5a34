"""An epoch's seven phases in numbers, and what becomes of a training without one of them."""

from __future__ import annotations

import numpy as np
import pytest

from snncore.errors import ExperimentError
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import walk_epoch
from snncore.run.bptt import EpochRecord, Trainer, epochs, train
from snncore.run.epoch import Phase

EPOCHS = 45


def trained(experiment: Experiment, left_out: Phase | None = None) -> list[EpochRecord]:
    trainer, records = Trainer(experiment, left_out=left_out), list[EpochRecord]()
    while len(records) < EPOCHS:
        records += trainer.epochs(1)
    return records


@pytest.fixture(scope="module")
def whole() -> list[EpochRecord]:
    return trained(ten_spikes())


@pytest.mark.parametrize("epoch", [0, 1, 30])
def test_a_walked_epoch_is_the_one_that_was_trained(whole: list[EpochRecord], epoch: int) -> None:
    walked = walk_epoch(ten_spikes(), epoch)
    assert walked is not None
    assert walked.record.loss == whole[epoch].loss
    assert walked.record.gradient_norms == whole[epoch].gradient_norms
    for one, other in zip(walked.record.layers, whole[epoch].layers, strict=True):
        assert np.array_equal(one.u, other.u)
    for name, before in whole[epoch].parameters.items():
        after = whole[epoch + 1].parameters[name]
        assert np.array_equal(walked.moved.get(name, 0) + before, after) or np.allclose(walked.moved[name], after - before)


def test_changes_made_while_it_trained_are_made_again() -> None:
    changed = ten_spikes().changed(5, {"training.lr": 1e-2})
    records = list(train(changed))
    walked = walk_epoch(changed, 6)
    assert walked is not None
    assert walked.record.loss == records[6].loss
    moved = records[7].parameters["2.weight"] - records[6].parameters["2.weight"]
    assert np.allclose(walked.moved["2.weight"], moved)


def test_the_first_phase_finds_the_gradients_of_the_epoch_before(whole: list[EpochRecord]) -> None:
    walked = walk_epoch(ten_spikes(), 30)
    assert walked is not None
    weights = {name: norm for name, norm in whole[29].gradient_norms.items() if name.endswith(("weight", "bias"))}
    assert {name: np.linalg.norm(gradient.ravel()) for name, gradient in walked.old_gradients.items()} == pytest.approx(weights)


def test_the_third_phase_finds_the_potentials_that_the_epoch_before_left(whole: list[EpochRecord]) -> None:
    walked = walk_epoch(ten_spikes(), 30)
    assert walked is not None
    for layer in whole[29].layers:
        assert np.array_equal(walked.left[layer.name], layer.v[:, -1])
    assert set(walked.graphs.values()) == {0}, "the epoch before let its graph go when it ended"


def test_before_the_first_epoch_there_is_nothing_to_clear() -> None:
    walked = walk_epoch(ten_spikes(), 0)
    assert walked is not None
    assert not walked.old_gradients
    assert all(not v.any() for v in walked.left.values())


def test_it_can_be_stopped() -> None:
    assert walk_epoch(ten_spikes(), 5, stop=lambda: True) is None


def test_labelled_data_are_refused_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="in each of its batches"):
        walk_epoch(yin_yang(), 0)


def test_without_backward_or_update_nothing_is_learned(whole: list[EpochRecord]) -> None:
    assert len({record.loss for record in whole}) > 5
    for phase in (Phase.BACKWARD, Phase.UPDATE):
        records = trained(ten_spikes(), phase)
        assert {record.loss for record in records} == {whole[0].loss}
        assert all(np.array_equal(value, whole[0].parameters[name]) for name, value in records[-1].parameters.items())


def test_states_that_are_reset_anyway_need_no_cut_from_the_graph(whole: list[EpochRecord]) -> None:
    assert [record.loss for record in trained(ten_spikes(), Phase.RESET_STATE_GRADIENTS)] == [record.loss for record in whole]


def test_without_the_reset_an_epoch_begins_where_the_last_one_ended(whole: list[EpochRecord]) -> None:
    records = trained(ten_spikes(), Phase.RESET_STATES)
    first, second = (record.layers[0] for record in records[:2])
    assert np.array_equal(whole[0].layers[0].u, first.u)
    alpha = np.exp(-1 / records[1].constants["1.tau_mem"])
    begun = second.u[:, 0] - alpha * first.v[:, -1]
    assert np.allclose(begun, whole[1].layers[0].u[:, 0], atol=1e-5)


def test_gradients_that_are_not_cleared_add_up() -> None:
    still = ten_spikes().replace({"training.optimiser": "SGD", "training.lr": 1e-12})
    records = trained(still, Phase.RESET_PARAMETER_GRADIENTS)
    norms = [record.gradient_norms["2.weight"] for record in records]
    assert norms[9] == pytest.approx(10 * norms[0], rel=1e-3)


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.LOSS])
def test_what_an_epoch_is_made_of_cannot_be_left_out(phase: Phase) -> None:
    experiment = ten_spikes()
    model = experiment.build()
    run = epochs(model, experiment.make_input(), experiment.task, experiment.make_optimiser(model), left_out=phase)
    with pytest.raises(ValueError, match=f"Without the phase '{phase.value}'"):
        next(run)
