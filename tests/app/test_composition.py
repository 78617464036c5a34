"""The network that is composed: edits one after another, what they keep, and what they refuse."""

from __future__ import annotations

import threading

import pytest

from app.state.composition import Composition
from app.state.desk import Desk
from app.state.history import History
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, ten_spikes


def with_next_weights(draft: Draft) -> Draft:
    return draft.replace({"seeds.weights": draft.seeds.weights + 1})


def test_edits_that_overlap_are_made_one_after_another() -> None:
    held = Desk()

    def edit_many() -> None:
        for _ in range(20):
            held.attempt(lambda: held.composition.compose(with_next_weights))

    threads = [threading.Thread(target=edit_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    composition = held.composition
    assert composition.present.seeds.weights == 80
    assert composition.experiment is not None
    assert composition.experiment.draft == composition.present
    for _ in range(80):
        composition.undo()
    assert composition.present == ten_spikes().draft


def test_what_changed_while_a_network_trained_does_not_stand_in_the_way_of_another_one() -> None:
    trained = ten_spikes().changed(7, {"network.3.surrogate_grad_fn": "ATan", "training.lr": 0.02})
    composition = Composition(history=History(trained.draft), experiment=trained)
    assert composition.compose(lambda draft: stack.remove(draft, 3))
    assert composition.present == stack.remove(ten_spikes().replace({"training.lr": 0.02}).draft, 3)
    composition.undo()
    assert composition.present == trained.draft


def test_a_network_whose_file_is_missing_can_be_composed_all_the_same() -> None:
    fed = stack.feed_file(ten_spikes().draft, "mine.npy", "0" * 32, (1, 100, 16))
    composition = Composition(history=History(fed))
    assert composition.compose(lambda draft: draft.replace({"network.1.tau_mem": 5.0}))
    with pytest.raises(ExperimentError, match="which is not here"):
        composition.simulate()
