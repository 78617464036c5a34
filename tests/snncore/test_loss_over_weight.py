"""The true loss as a weight moves: a staircase where spikes lie between, a slope where none do; beside it the surrogate's gradient."""

from __future__ import annotations

import numpy as np
import pytest

from snncore.errors import ExperimentError
from snncore.experiment.layers import ExpLeakSpec, LIFSpec
from snncore.experiment.recognition import digits
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.torch_layers import LinearSpec
from snncore.explain import finite_difference, loss_over_weight, weight_gradients
from snncore.run.bptt import EpochRecord, train

READOUT = Experiment(
    network=(
        LinearSpec(in_features=16, out_features=8),
        LIFSpec(tau_mem=10.0, spike_threshold=0.2),
        LinearSpec(in_features=8, out_features=2),
        ExpLeakSpec(tau_mem=10.0),
    ),
    input=ten_spikes().input,
    training=ten_spikes().training,
)
"""Hidden neurons that spike, and an output that doesn't."""


@pytest.fixture(scope="module")
def learned() -> list[EpochRecord]:
    return list(train(ten_spikes()))


def test_behind_spikes_the_true_loss_is_a_staircase_and_its_difference_0_though_the_surrogate_has_a_gradient(
    learned: list[EpochRecord],
) -> None:
    found = loss_over_weight(ten_spikes(), "2.weight", (0, 21), 2.0, parameters=learned[-2].parameters, steps=(1e-4,))
    assert 1 < found.levels < len(found.values) / 2
    assert set(np.sqrt(found.losses)) <= set(range(100)), "a squared distance in spikes"
    assert found.finite_differences[1e-4] == 0
    assert found.gradient != 0


def test_the_gradient_beside_the_staircase_is_that_of_the_training(learned: list[EpochRecord]) -> None:
    record = learned[30]
    gradients = weight_gradients(ten_spikes(), record.parameters)
    for name, norm in record.gradient_norms.items():
        assert np.linalg.norm(gradients[name].ravel()) == pytest.approx(norm, rel=1e-5)
    found = loss_over_weight(ten_spikes(), "0.weight", (3, 5), 0.1, points=3, parameters=record.parameters)
    assert found.gradient == gradients["0.weight"][3, 5]
    assert found.loss == record.loss
    assert found.value == record.parameters["0.weight"][3, 5]


def test_where_no_spike_lies_between_gradient_and_finite_difference_agree() -> None:
    gradients = weight_gradients(READOUT)["2.weight"]
    assert gradients.any()
    for index in np.ndindex(gradients.shape):
        place = tuple(map(int, index))
        assert finite_difference(READOUT, "2.weight", place, 0.05) == pytest.approx(float(gradients[place]), rel=2e-2, abs=1e-2)


def test_the_difference_belongs_to_the_step_that_was_asked_for(learned: list[EpochRecord]) -> None:
    given = {"parameters": learned[-2].parameters}
    wide = loss_over_weight(ten_spikes(), "2.weight", (0, 21), 2.0, points=5, steps=(1.0,), **given)
    assert finite_difference(ten_spikes(), "2.weight", (0, 21), 1.0, **given) == wide.finite_differences[1.0]
    assert wide.finite_differences[1.0] == (wide.losses[3] - wide.losses[1]) / 2
    assert wide.finite_differences[1.0] != 0


def test_the_nearest_change_is_the_closest_point_with_another_loss(learned: list[EpochRecord]) -> None:
    found = loss_over_weight(ten_spikes(), "2.weight", (0, 21), 2.0, parameters=learned[-2].parameters)
    assert found.nearest_change is not None
    within = np.abs(found.values - found.value) < abs(found.nearest_change) - 1e-9
    assert (found.losses[within] == found.loss).all()
    still = loss_over_weight(ten_spikes(), "2.weight", (0, 21), 1e-4, points=5)
    assert still.nearest_change is None
    assert still.levels == 1


def test_a_parameter_that_no_gradient_reaches_has_0() -> None:
    assert not weight_gradients(ten_spikes())["1.spike_threshold"].any()


def test_labelled_data_have_the_loss_of_the_sample_that_is_shown() -> None:
    experiment = digits()
    found = loss_over_weight(experiment, "0.weight", (0, 30), 1.0, points=3)
    assert np.isfinite(found.losses).all()


@pytest.mark.parametrize(
    ("name", "index", "more", "said"),
    [
        ("7.weight", (0, 0), {}, "no parameter '7.weight'"),
        ("2.weight", (4, 0), {}, r"no weight \(4, 0\) in the weight of Linear 3, whose shape is \(4, 64\)"),
        ("2.weight", (0,), {}, "no weight"),
        ("2.weight", (0, 0), {"points": 4}, "odd and at least 3"),
        ("2.weight", (0, 0), {"steps": (0.0,)}, "more than 0"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(name: str, index: tuple[int, ...], more: dict[str, object], said: str) -> None:
    with pytest.raises(ExperimentError, match=said):
        loss_over_weight(ten_spikes(), name, index, 1.0, **more)  # type: ignore[arg-type]
