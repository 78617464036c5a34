"""Uploaded inputs and weights are kept within their bytes, each file as a whole, and what isn't here is said instead of simulated."""

from __future__ import annotations

import numpy as np
import pytest

from app.state import composition as session
from app.state.desk import Desk
from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.spec import ten_spikes
from snncore.io.checkpoint import Checkpoint, read, save
from snncore.io.recordings import content_hash


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr("app.state.composition.desk", lambda: made)
    return made


def raster(seed: int) -> Array:
    return np.random.default_rng(seed).random((1, 100, 16), dtype=np.float32)


def weights(factor: float) -> Checkpoint:
    parameters = {name: value.detach().numpy() for name, value in ten_spikes().build().named_parameters()}
    return read("w.safetensors", save(ten_spikes(), {**parameters, "2.weight": parameters["2.weight"] * np.float32(factor)}))


def size(checkpoint: Checkpoint) -> int:
    return sum(values.nbytes for values in checkpoint.weights.values())


def test_the_oldest_files_go_first_and_weights_as_a_whole(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    first, second, input_ = weights(1), weights(2), raster(0)
    monkeypatch.setattr(session, "LARGEST_FILES", 2 * size(first) + input_.nbytes - 1)
    session.keep_weights(first)
    session.keep_file(content_hash(input_), input_)
    assert held.files.keys() == {*first.files, content_hash(input_)}
    session.keep_weights(second)
    assert held.files.keys() == {content_hash(input_), *second.files}


def test_what_is_kept_again_is_the_newest(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    first, second, input_ = weights(1), weights(2), raster(0)
    monkeypatch.setattr(session, "LARGEST_FILES", size(first) + input_.nbytes)
    for kept in (first, second, first):
        session.keep_weights(kept)
    session.keep_file(content_hash(input_), input_)
    assert held.files.keys() == {*first.files, content_hash(input_)}


def test_what_is_in_use_or_an_undo_away_stays(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    mine, others = weights(1), [weights(2), weights(3)]
    session.keep_weights(mine)
    assert session.compose(lambda draft: mine.experiment.draft)
    monkeypatch.setattr(session, "LARGEST_FILES", size(mine) + 1)
    for other in others:
        session.keep_weights(other)
        assert held.files.keys() == {*mine.files, *other.files}
    assert session.compose(lambda draft: draft.replace({"seeds.weights": 1}))
    session.keep_weights(weights(4))
    assert held.files.keys() >= mine.files.keys()


def test_the_newest_file_is_kept_however_large(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    monkeypatch.setattr(session, "LARGEST_FILES", 1)
    for kept in (weights(1), weights(2)):
        session.keep_weights(kept)
        assert held.files.keys() == kept.files.keys()


def test_a_network_is_simulated_with_the_weights_that_are_kept(held: Desk) -> None:
    loaded = weights(3)
    session.keep_weights(loaded)
    assert session.compose(lambda draft: loaded.experiment.draft)
    np.testing.assert_array_equal(session.simulations()[0].weights["2.weight"], loaded.weights["2.weight"])


def test_weights_that_are_not_here_are_missed_and_the_network_is_composed_all_the_same(held: Desk) -> None:
    loaded = weights(3)
    assert session.compose(lambda draft: loaded.experiment.draft)
    assert session.compose(lambda draft: draft.replace({"network.1.tau_mem": 20.0}))
    with pytest.raises(ExperimentError, match=r"weights in 'w\.safetensors' are not here"):
        session.simulations()
    assert session.compose(lambda draft: stack.duplicate(draft, 3))
    with pytest.raises(ExperimentError, match=r"weights in 'w\.safetensors' are not here"):
        session.simulations()
    assert session.compose(lambda draft: draft.replace({"seeds.weights": 1})), "all weights are drawn"
    assert session.simulations()[0].outputs[-1].shape == (1, 100, 4)
