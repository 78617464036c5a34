"""Weights of a visitor's own act in the layers that are there, on every page alike, and the page says which were taken and why not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from app.state.composition import Composition
from app.state.desk import Desk
from app.state.own_weights import OwnWeights
from app.words.weights import let_go_in_words, matched_in_words, transfer_table, weights_in_words
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.spec import Draft, ten_spikes
from snncore.io import checkpoint
from snncore.run.simulation import simulate
from tests.app import pages
from tests.app.pages import CONVERSION, NETWORK, TRAINING, desk, fields, run, shown
from tests.app.said import complaints, said

TEN = ten_spikes().draft
MISFIT = TEN.replace({"network.0.out_features": 65})


class Named(nn.Module):
    """The ten-spike network's layers under other names."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(16, hidden), nn.Linear(hidden, 4)


def plain(seed: int = 3) -> nn.Sequential:
    """The same layers under the same names, as plain torch has them."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4), nn.ReLU())


def saved(weights: object) -> bytes:
    content = io.BytesIO()
    torch.save(weights, content)
    return content.getvalue()


def pt(model: nn.Module) -> bytes:
    return saved(model.state_dict())


def from_here() -> bytes:
    """Weights saved with their Experiment, whose τ_mem differs."""
    made = ten_spikes().replace({"network.1.tau_mem": 7.0, "seeds.weights": 9})
    return checkpoint.save(made, {name: value.detach().numpy() for name, value in made.build().named_parameters()})


def first_weights(composition: Composition) -> np.ndarray[Any, Any]:
    assert composition.experiment is not None
    found: nn.Module = composition.experiment.build(composition.files)
    return found.get_parameter("0.weight").detach().numpy()


@pytest.fixture
def held() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.leave()


@pytest.mark.parametrize(
    ("name", "content", "by"),
    [
        ("mine.pt", lambda: pt(plain()), "by name"),
        ("mine.safetensors", lambda: safetensors.torch.save(plain().state_dict()), "by name"),
        ("named.pt", lambda: pt(Named()), "in order"),
    ],
)
def test_weights_of_plain_torch_act_in_the_composed_network_and_undo_takes_them_back(
    held: Desk, name: str, content: Callable[[], bytes], by: str
) -> None:
    composition, drawn, given = held.composition, first_weights(held.composition), content()
    before = composition.simulate()[0].outputs[0].copy()
    composition.bring(name, given)
    loaded = given if name.endswith("safetensors") else None
    tensors = safetensors.torch.load(loaded) if loaded else torch.load(io.BytesIO(given), weights_only=True)
    assert np.array_equal(first_weights(composition), tensors["0.weight" if by == "by name" else "first.weight"].numpy())
    assert not np.array_equal(composition.simulate()[0].outputs[0], before)
    assert weights_in_words(composition.present) == f"from {name}"
    acting = composition.own_weights.acting(composition.present)
    assert acting
    assert matched_in_words(*acting) == f"{name}, {by}: 4 of 4 parameters are taken."
    composition.undo()
    assert np.array_equal(first_weights(composition), drawn)
    assert composition.own_weights.acting(composition.present) is None


def test_what_does_not_match_stays_drawn_and_the_page_says_why(held: Desk) -> None:
    composition = held.composition
    drawn = simulate(ten_spikes())[0].experiment.build().get_parameter("2.weight").detach().numpy()
    composition.bring("wide.pt", pt(nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 5), nn.ReLU(), nn.Linear(5, 1))))
    assert composition.experiment is not None
    assert np.array_equal(composition.experiment.build(composition.files).get_parameter("2.weight").detach().numpy(), drawn)
    assert weights_in_words(composition.present) == "from wide.pt and seed 0"
    acting = composition.own_weights.acting(composition.present)
    assert acting
    assert matched_in_words(*acting) == "wide.pt, by name: 2 of 4 parameters are taken, the others stay. 2 of the file's are left over."
    assert transfer_table(acting[0]) == {
        "Linear 1 weights": "from 0.weight 64×16",
        "Linear 1 bias": "from 0.bias 64",
        "Linear 3 weights": "not taken: its shape is (5, 64), but the network takes (4, 64)",
        "Linear 3 bias": "not taken: its shape is (5,), but the network takes (4,)",
        "4.weight 1×5, in the file": "left: the network has no such name",
        "4.bias 1, in the file": "left: the network has no such name",
    }


def test_a_constant_that_is_held_at_a_bound_is_told_in_the_table_and_in_words(held: Desk) -> None:
    weights = {"1.tau_mem": torch.tensor(-12.0), "3.tau_mem": torch.tensor(8.0)}
    held.composition.bring("odd.safetensors", safetensors.torch.save(weights))
    acting = held.composition.own_weights.acting(held.composition.present)
    assert acting
    assert matched_in_words(*acting).endswith("stay. Not as in the file: LIF 2 τ_mem: held at 0.1, since the file has -12.")
    table = transfer_table(acting[0])
    assert table["LIF 2 τ_mem"] == "from 1.tau_mem; held at 0.1, since the file has -12"
    assert table["LIF 4 τ_mem"] == "from 3.tau_mem"


WIDE = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 5))
"""Its first layer fits the ten-spike network, its last one doesn't."""


def parameters(composition: Composition) -> dict[str, Any]:
    assert composition.experiment is not None
    found: nn.Module = composition.experiment.build(composition.files)
    return {name: value.detach().numpy() for name, value in found.named_parameters()}


@pytest.mark.parametrize("page", ["network", "training"])
def test_a_file_that_gives_some_weights_leaves_those_of_the_file_before(held: Desk, page: str) -> None:
    composition, first = held.composition, plain()
    bring = composition.bring if page == "network" else held.training.bring_back
    bring("mine.pt", pt(first))
    bring("wide.pt", pt(WIDE))
    acting = parameters(composition)
    assert np.array_equal(acting["0.weight"], WIDE[0].weight.detach().numpy())
    assert np.array_equal(acting["2.weight"], first[2].weight.detach().numpy())
    assert weights_in_words(composition.present) == "from mine.pt and wide.pt"
    assert let_go_in_words(composition.history.before, composition.present) is None
    bring("mine.pt", pt(first))
    assert weights_in_words(composition.present) == "from mine.pt"


def test_a_file_that_is_matched_in_another_way_leaves_nothing_of_the_first_way(held: Desk) -> None:
    composition, first = held.composition, plain()
    composition.bring("mine.pt", pt(first))
    both = safetensors.torch.save({"2.weight": torch.ones(4, 64), "first.weight": torch.ones(64, 16)})
    composition.own_weights.matching = "name"
    composition.bring("both.safetensors", both)
    assert np.array_equal(parameters(composition)["2.weight"], np.ones((4, 64)))
    composition.own_weights.matching = "order"
    with pytest.raises(ExperimentError, match="its shape is"):  # sorted by name, the last layer's come first
        composition.bring("both.safetensors", both)
    composition.bring("wide.pt", pt(WIDE))
    composition.bring("both.safetensors", safetensors.torch.save({"0.weight": torch.ones(64, 16)}))
    composition.bring("both.safetensors", safetensors.torch.save({"0.bias": torch.ones(64)}))
    acting = parameters(composition)
    assert np.array_equal(acting["0.weight"], WIDE[0].weight.detach().numpy())
    assert np.array_equal(acting["0.bias"], np.ones(64))


def threshold(value: float = 0.5) -> bytes:
    return safetensors.torch.save({"1.spike_threshold": torch.tensor(value)})


@pytest.mark.parametrize(
    "edit",
    [
        lambda composition: composition.start_from(TEN.replace({"network": TEN.model_dump()["network"][:2]})),
        lambda composition: composition.start_from(TEN.replace({"network.0.out_features": 32, "network.2.in_features": 32})),
        lambda composition: composition.replace({"network.1.spike_threshold": 2.0}),
        lambda composition: composition.undo(),
    ],
    ids=["fewer layers", "another shape", "another constant", "undone"],
)
def test_a_table_of_constants_alone_is_shown_while_its_layers_hold_them(held: Desk, edit: Callable[[Composition], object]) -> None:
    composition = held.composition
    composition.bring("constants.safetensors", threshold())
    assert composition.present.checkpoint is None
    assert composition.present.network[1].spike_threshold == 0.5
    composition.replace({"network.1.tau_mem": 7.0})
    assert composition.own_weights.acting(composition.present), "another constant isn't its"
    composition.undo()
    edit(composition)
    assert composition.own_weights.acting(composition.present) is None


def test_constants_brought_to_own_weights_leave_them_and_their_name(held: Desk) -> None:
    composition, first = held.composition, plain()
    composition.bring("mine.pt", pt(first))
    composition.bring("constants.safetensors", threshold())
    assert weights_in_words(composition.present) == "from mine.pt"
    assert np.array_equal(parameters(composition)["0.weight"], first[0].weight.detach().numpy())
    assert composition.own_weights.acting(composition.present)
    composition.undo()
    assert composition.own_weights.acting(composition.present) is None


def test_a_table_is_gone_with_a_layer_that_it_names_though_all_weights_stay(held: Desk) -> None:
    composition = held.composition
    composition.bring("mine.pt", pt(plain()))
    composition.compose(lambda draft: edits.remove(draft, 3))
    assert composition.present.checkpoint is not None
    assert composition.own_weights.acting(composition.present) is None


def test_rows_are_named_by_the_network_that_the_table_was_made_for(held: Desk) -> None:
    held.composition.bring("mine.pt", pt(plain()))
    acting = held.composition.own_weights.acting(held.composition.present)
    assert acting
    held.composition.start_from(TEN.replace({"network": TEN.model_dump()["network"][:1]}))
    assert list(transfer_table(acting[0]))[-1] == "Linear 3 bias"


def test_a_training_starts_with_own_weights_and_draws_again_where_they_are_let_go(held: Desk) -> None:
    assert held.training.prepare() is None
    model = plain()
    held.training.bring_back("mine.pt", pt(model))
    assert np.array_equal(held.training.run.records[0].parameters["0.weight"], model[0].weight.detach().numpy())
    assert held.training.run.experiment.network == ten_spikes().network
    held.training.edit({"checkpoint": None})
    assert held.composition.own_weights.acting(held.composition.present) is None
    assert held.training.run.experiment == ten_spikes()


def test_weights_saved_here_bring_their_experiment_unless_a_way_to_match_is_chosen(held: Desk) -> None:
    composition = held.composition
    composition.bring("here.safetensors", from_here())
    assert composition.present.network[1].tau_mem == 7.0
    assert composition.present.seeds.weights == 9
    assert composition.own_weights.latest is None
    whole = first_weights(composition)
    composition.start_from(TEN)
    composition.own_weights.matching = "order"
    composition.bring("here.safetensors", from_here())
    assert composition.present.seeds == TEN.seeds
    assert np.array_equal(first_weights(composition), whole)


def test_the_chosen_way_to_match_is_the_only_one(held: Desk) -> None:
    composition = held.composition
    composition.own_weights.matching = "name"
    assert not held.attempt(lambda: composition.bring("named.pt", pt(Named())))
    assert held.complaint == "Nothing in 'named.pt' matches the network: no names are the same; try by order."
    composition.own_weights.matching = "order"
    assert held.attempt(lambda: composition.bring("named.pt", pt(Named())))


def not_finite() -> nn.Module:
    model = plain()
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nan
    return model


def with_code() -> bytes:
    return saved(plain())  # the module itself, which loading would have to build


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.pt", lambda: b"these are no weights", "neither a .pt file of torch nor a safetensors file"),
        ("other.pt", lambda: pt(nn.Sequential(nn.Linear(3, 7))), "its shape is (7, 3), but the network takes"),
        ("nan.pt", lambda: pt(not_finite()), "must be finite numbers"),
        ("sparse.pt", lambda: saved({"0.weight": torch.ones(64, 16).to_sparse()}), "save it with .to_dense()"),
        ("meta.pt", lambda: saved({"0.weight": torch.ones(64, 16, device="meta")}), "a shape but no values"),
        ("int8.pt", lambda: saved({"0.weight": torch.quantize_per_tensor(torch.ones(64, 16), 0.1, 0, torch.qint8)}), "quantised"),
        ("complex.pt", lambda: saved({"0.weight": torch.ones(64, 16) * 1j}), "is complex; weights are real numbers"),
        ("code.pt", with_code, "Python objects besides tensors"),
        ("cut.safetensors", lambda: from_here()[:-9], "cut off"),
        ("none.json", lambda: b"{", "not valid JSON"),
        ("empty.pt", lambda: b"", "neither a .pt file"),
    ],
)
@pytest.mark.parametrize("page", ["network", "training", "conversion"])
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_lost(
    held: Desk, page: str, name: str, content: Callable[[], bytes], message: str
) -> None:
    assert held.training.prepare() is None
    held.composition.bring("mine.pt", pt(plain()))
    assert held.training.prepare() is None
    before = held.composition.present, held.training.run, held.composition.own_weights.latest, held.conversion.present
    bring = {"network": held.composition.bring, "training": held.training.bring_back, "conversion": held.conversion.bring}[page]
    assert not held.attempt(lambda: bring(name, content()))
    assert message in str(held.complaint)
    assert str(held.complaint).endswith(".")
    assert (held.composition.present, held.training.run, held.composition.own_weights.latest, held.conversion.present) == before


def test_weights_wait_until_all_layers_fit(held: Desk) -> None:
    held.composition.compose(lambda _: MISFIT)
    assert not held.attempt(lambda: held.composition.bring("mine.pt", pt(plain())))
    assert str(held.complaint).startswith("Weights can be loaded once all layers fit: ")
    assert held.composition.present == MISFIT


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 20, b"\xff" * 40, (5).to_bytes(8, "little") + b"[1,2]", (40).to_bytes(8, "little") + b"{"]
)
def test_what_is_no_checkpoint_holds_no_experiment(content: bytes) -> None:
    assert not checkpoint.holds_experiment(content)


def test_a_long_table_is_cut() -> None:
    weights = {**plain().state_dict(), **{f"more.{number}": torch.zeros(1) for number in range(500)}}
    brought = OwnWeights().read("long.safetensors", safetensors.torch.save(weights), lambda _: ten_spikes())
    assert brought.transferred
    table = transfer_table(brought.transferred[0])
    assert len(table) == 41
    assert table["464 more"] == "not listed"


DIGITS = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("view", "key", "model"),
    [(NETWORK, "brought_network", plain()), (TRAINING, "brought", plain()), (CONVERSION, "brought_conversion", DIGITS)],
)
def test_every_page_loads_own_weights_in_one_way_and_says_what_was_taken(view: str, key: str, model: nn.Module) -> None:
    page = shown(pages.opened(view, menu_share=True))
    page.file_uploader(key=key).set_value(("mine.pt", pt(model), "application/octet-stream"))
    page = run(page)
    assert complaints(page) == []
    count = sum(1 for _ in model.parameters())
    assert f"mine.pt, by name: {count} of {count} parameters are taken." in said(page, "caption")
    assert any("Linear 1 weights" in html.body for html in page.get("html"))
    fields(page)["matching"].set_value("in order")
    page = run(page)
    assert f"mine.pt, in order: {count} of {count} parameters are taken." in said(page, "caption")
    page = run(page)
    found = desk(page).conversion.present if view == CONVERSION else desk(page).composition.present
    assert isinstance(found, Draft)
    assert found.checkpoint is not None
    assert found.checkpoint.name == "mine.pt"
