"""Uploaded inputs and weights are kept within their bytes, each file as a whole, and what isn't here is said instead of simulated."""

from __future__ import annotations

import numpy as np
import pytest

from app.state import files
from app.state.desk import Desk
from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.spec import ten_spikes
from snncore.io.checkpoint import Checkpoint, read, save
from snncore.io.recordings import content_hash


@pytest.fixture
def held() -> Desk:
    return Desk()


def keep_weights(held: Desk, found: Checkpoint) -> None:
    """As the training does, whose weights these are."""
    held.files.keep_weights(found)


def raster(seed: int) -> Array:
    return np.random.default_rng(seed).random((1, 100, 16), dtype=np.float32)


def weights(factor: float) -> Checkpoint:
    parameters = {name: value.detach().numpy() for name, value in ten_spikes().build().named_parameters()}
    return read("w.safetensors", save(ten_spikes(), {**parameters, "2.weight": parameters["2.weight"] * np.float32(factor)}))


def size(checkpoint: Checkpoint) -> int:
    return sum(values.nbytes for values in checkpoint.weights.values())


def test_the_oldest_files_go_first_and_weights_as_a_whole(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    first, second, input_ = weights(1), weights(2), raster(0)
    monkeypatch.setattr(files, "LARGEST_FILES", 2 * size(first) + input_.nbytes - 1)
    keep_weights(held, first)
    held.keep_file(content_hash(input_), input_)
    assert held.files.keys() == {*first.files, content_hash(input_)}
    keep_weights(held, second)
    assert held.files.keys() == {content_hash(input_), *second.files}


def test_what_is_kept_again_is_the_newest(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    first, second, input_ = weights(1), weights(2), raster(0)
    monkeypatch.setattr(files, "LARGEST_FILES", size(first) + input_.nbytes)
    for kept in (first, second, first):
        keep_weights(held, kept)
    held.keep_file(content_hash(input_), input_)
    assert held.files.keys() == {*first.files, content_hash(input_)}


def test_what_is_in_use_or_an_undo_away_stays(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    mine, others = weights(1), [weights(2), weights(3)]
    keep_weights(held, mine)
    assert held.composition.compose(lambda draft: mine.experiment.draft)
    monkeypatch.setattr(files, "LARGEST_FILES", size(mine) + 1)
    for other in others:
        keep_weights(held, other)
        assert held.files.keys() == {*mine.files, *other.files}
    assert held.composition.compose(lambda draft: draft.replace({"seeds.weights": 1}))
    keep_weights(held, weights(4))
    assert held.files.keys() >= mine.files.keys()


def test_the_newest_file_is_kept_however_large(monkeypatch: pytest.MonkeyPatch, held: Desk) -> None:
    monkeypatch.setattr(files, "LARGEST_FILES", 1)
    for kept in (weights(1), weights(2)):
        keep_weights(held, kept)
        assert held.files.keys() == kept.files.keys()


def test_a_network_is_simulated_with_the_weights_that_are_kept(held: Desk) -> None:
    loaded = weights(3)
    keep_weights(held, loaded)
    assert held.composition.compose(lambda draft: loaded.experiment.draft)
    np.testing.assert_array_equal(held.composition.simulate()[0].weights["2.weight"], loaded.weights["2.weight"])


def test_weights_that_are_not_here_are_missed_and_the_network_is_composed_all_the_same(held: Desk) -> None:
    loaded = weights(3)
    assert held.composition.compose(lambda draft: loaded.experiment.draft)
    assert held.composition.compose(lambda draft: draft.replace({"network.1.tau_mem": 20.0}))
    with pytest.raises(ExperimentError, match=r"weights in 'w\.safetensors' are not here"):
        held.composition.simulate()
    assert held.composition.compose(lambda draft: stack.duplicate(draft, 3))
    with pytest.raises(ExperimentError, match=r"weights in 'w\.safetensors' are not here"):
        held.composition.simulate()
    assert held.composition.compose(lambda draft: draft.replace({"seeds.weights": 1})), "all weights are drawn"
    assert held.composition.simulate()[0].outputs[-1].shape == (1, 100, 4)
