"""What a network decides over a plane of points, and of drawn digits."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputError
from snncore.experiment.data.digits import Digits, digit_of_ink, ink_of_digit
from snncore.experiment.data.yin_yang import DOTS, YinYang, yin_yang_classes
from snncore.experiment.parameters import Parameters
from snncore.experiment.recognition import digits, yin_yang
from snncore.experiment.spec import Experiment
from snncore.run.bptt import train
from snncore.run.decision_map import OUTSIDE, decision_map, grid_points
from snncore.run.labelled import Answerer
from tests.snncore.labelled import own


@functools.cache
def learned(which: str) -> tuple[Experiment, Parameters]:
    experiment = digits() if which == "digits" else yin_yang().replace({"training.epochs": 5})
    *_, last = train(experiment)
    return experiment, last.parameters


def asked(answerer: Answerer, values: Array, parameters: Parameters | None = None) -> tuple[Array, dict[int, Array]]:
    """Readouts of samples, and the layers' outputs."""
    return answerer.activity(answerer.encoded(torch.from_numpy(values)), parameters)


def test_a_map_has_the_answer_at_the_middle_of_each_cell() -> None:
    experiment, parameters = learned("yin_yang")
    answerer = Answerer(experiment)
    found = decision_map(answerer, 20, parameters)
    points = grid_points(20)
    inside = np.hypot(*(points - 0.5).T) <= 0.5
    assert np.array_equal(found.classes.ravel() != OUTSIDE, inside)
    read, _ = asked(answerer, experiment.task.data.values_at(points[inside]), parameters)
    assert np.array_equal(found.classes.ravel()[inside], read.argmax(axis=1))
    best = np.sort(read, axis=1)
    assert np.allclose(found.margins.ravel()[inside], best[:, -1] - best[:, -2], atol=1e-5)


def test_a_map_shows_what_was_learned() -> None:
    experiment, parameters = learned("yin_yang")
    found = decision_map(Answerer(experiment), 40, parameters)
    truth = yin_yang_classes(grid_points(40)).reshape(40, 40)
    inside = found.classes != OUTSIDE
    assert (found.classes == truth)[inside].mean() > 0.85
    assert truth[19, 10] == DOTS, "the left dot"
    assert truth[2, 20] != truth[37, 20], "Yang is above, Yin below"


def test_spikes_over_the_plane_are_those_of_each_point_alone() -> None:
    experiment, parameters = learned("yin_yang")
    answerer = Answerer(experiment)
    found = decision_map(answerer, 9, parameters)
    place = 9 * 3 + 5  # row 3, column 5
    read, outputs = asked(answerer, experiment.task.data.values_at(grid_points(9)[place : place + 1]), parameters)
    assert set(found.counts) == {1}
    assert np.array_equal(found.counts[1][:, 3, 5], outputs[1][0].sum(axis=0))
    assert read.argmax() == found.classes[3, 5]


def test_the_answer_leads_from_its_time_on() -> None:
    experiment, parameters = learned("yin_yang")
    answerer = Answerer(experiment)
    found = decision_map(answerer, 9, parameters)
    assert found.timing == "settled"
    for place in (30, 40, 50):
        row, column = divmod(place, 9)
        read, outputs = asked(answerer, experiment.task.data.values_at(grid_points(9)[place : place + 1]), parameters)
        leader = np.maximum.accumulate(outputs[3][0], axis=0).argmax(axis=1)
        time = found.times[row, column]
        assert (leader[time:] == read.argmax()).all()
        assert time == 0 or leader[time - 1] != read.argmax()


def test_outputs_that_spike_tell_the_time_of_their_first_spike() -> None:
    last = {"kind": "LIF", "tau_mem": 10.0, "norm_input": False, "spike_threshold": 0.5}
    network = [*yin_yang().model_dump()["network"][:3], last]
    experiment = yin_yang().replace({"network": network, "training.task.readout": "spike_count"})
    answerer = Answerer(experiment)
    found = decision_map(answerer, 12)
    assert found.timing == "first_spike"
    times = found.times[found.classes != OUTSIDE]
    assert times.max() > 0
    for place in (60, 70, 80):
        _, outputs = asked(answerer, experiment.task.data.values_at(grid_points(12)[place : place + 1]))
        fires = np.flatnonzero(outputs[3][0].any(axis=1))
        assert found.times.ravel()[place] == (fires[0] if len(fires) else -1)


def test_own_data_with_two_values_are_a_plane() -> None:
    points = np.random.RandomState(0).uniform(size=(60, 2))
    data, files = own(points, (points[:, 0] > 0.5).astype(int))
    experiment = yin_yang().replace({"training.task.data": data.model_dump(), "network.0.in_features": 2, "input.shape": (1, 30, 2)})
    found = decision_map(Answerer(experiment, files), 8)
    assert (found.classes < 2).all(), "all of the square is inside"


def test_what_has_no_plane_says_which_data_have() -> None:
    with pytest.raises(ExperimentError, match="choose yin_yang"):
        decision_map(Answerer(digits()), 10)
    with pytest.raises(ExperimentError, match="256x256"):
        decision_map(Answerer(yin_yang()), 1000)


# ---------------------------------------------------------------------------------------------------------- drawings


def test_ink_of_a_digit_counts_back_to_it() -> None:
    for image in Digits().make().test.values.numpy()[:50]:
        blocks = ink_of_digit(image).reshape(8, 4, 8, 4).sum(axis=(1, 3)) / 16
        assert np.array_equal(blocks, image)


def test_a_drawing_is_centred() -> None:
    ink = np.zeros((32, 32), dtype=bool)
    ink[0:12, 0:8] = True
    moved = np.zeros_like(ink)
    moved[17:29, 20:28] = True
    assert np.array_equal(digit_of_ink(ink), digit_of_ink(moved))
    rows, columns = digit_of_ink(ink).nonzero()
    assert (rows.min(), rows.max()) == (2, 5)
    assert (columns.min(), columns.max()) == (3, 4) or (columns.min(), columns.max()) == (3, 5)


def test_test_digits_that_are_drawn_keep_their_answers() -> None:
    experiment, parameters = learned("digits")
    values = Digits().make().test.values.numpy()[:100]
    answerer = Answerer(experiment)
    given, _ = asked(answerer, values, parameters)
    drawn, _ = asked(answerer, np.stack([digit_of_ink(ink_of_digit(image)) for image in values]), parameters)
    assert (drawn.argmax(axis=1) == given.argmax(axis=1)).mean() >= 0.95


def test_an_empty_drawing_is_told() -> None:
    with pytest.raises(InputError, match="The pad is empty"):
        digit_of_ink(np.zeros((32, 32), dtype=bool))
    with pytest.raises(InputError, match="32x32"):
        digit_of_ink(np.zeros((8, 8), dtype=bool))


def test_points_of_yin_yang_are_inside_its_disk() -> None:
    assert YinYang().are_inside(YinYang().make().test.values.numpy()[:, :2].astype(float)).all()
