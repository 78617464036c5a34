"""The Conversion page: what it shows of a conversion, what may be done there, and what it hands on."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from app.figures.conversion import conversion_figure
from app.server import process
from app.server.limits import check
from app.server.link import from_parameter
from app.server.results import Results
from app.state import conversion_work
from app.state.composition import Composition
from app.state.conversion import MOST_STEPS, ConversionState, presets
from app.state.conversion_work import Artificial
from app.state.desk import CONVERSION_PAGE, Desk
from app.state.own_data import OwnData
from app.words.conversion import PLANTED, mended_in_words
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.training import OF_THE_TASK
from snncore.run.labelled import answer
from snncore.run.simulation import simulate
from tests.app.pages import CONVERSION, desk, fields, opened, press, received_by, run, told

VIEW = "conversion view"
PATIENCE = 120.0

DENSE, CONVOLUTIONAL = (preset.experiment for preset in presets())
SMALL = DENSE.replace({"training.epochs": 12})
"""Trained in a moment."""


def settled(state: ConversionState) -> ConversionState:
    """The state once all is computed."""
    begun = time.monotonic()
    state.prepare()
    while state.work.is_busy or not (state.is_current or state.work.failure):
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
        state.prepare()
    return state


def begun(experiment: Experiment = SMALL) -> ConversionState:
    state = Desk().conversion
    state.open(experiment.draft)
    return settled(state)


@pytest.fixture(autouse=True)
def as_in_the_app() -> None:
    """One thread, which layers as small as these are faster in."""
    process.prepare()


@pytest.fixture
def state() -> ConversionState:
    return begun()


def page_of(experiment: Experiment = SMALL) -> AppTest:
    """The page once all is computed."""
    page = opened(CONVERSION, experiment)
    settled(desk(page).conversion)
    return run(page)


def weights_file(model: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def own_network(*sizes: int) -> nn.Sequential:
    """A dense network with ReLUs."""
    torch.manual_seed(1)
    layers = [part for one, other in itertools.pairwise(sizes) for part in (nn.Linear(one, other), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


# ------------------------------------------------------------------------------------------------------ what it shows


def test_the_page_shows_both_networks_at_every_number_of_steps() -> None:
    header, arrays = received_by(page_of(), VIEW)
    found = header["comparison"]
    assert (found["samples"], found["steps"], found["asked"]) == (360, 64, 16)
    assert len(arrays[found["accuracies"]]) == 64
    assert [layer["title"] for layer in found["layers"]] == ["IAF 2", "IAF 4", "Linear 5"]
    for layer in found["layers"]:
        sums = arrays[layer["sums"]].reshape(-1, 64)
        assert len(sums) == len(arrays[layer["activations"]])
        if layer["spikes"]:
            assert (np.diff(sums.astype(int), axis=1) >= 0).all()
    assert header["news"]["weights"] == "ANN trained here from seed 0, 12 epochs."
    assert header["news"]["alert"] == ""


def test_the_convolutional_preset_is_converted_too() -> None:
    experiment = CONVOLUTIONAL.replace({"training.epochs": 4})
    found = begun(experiment)
    assert found.shown is not None
    assert [layer.place for layer in found.shown.layers] == [1, 4, 6]


def test_a_training_that_is_watched_shows_its_epochs(state: ConversionState) -> None:
    assert len(state.work.progress) == 13 or state.artificial is not None
    figure = conversion_figure(None, state.artificial.epochs if state.artificial else (), state.experiment, None, NO_NEWS, True, "light")
    assert len(figure.arrays[figure.header["epochs"]]) == 13
    assert figure.header["comparison"] is None


NO_NEWS: Any = {"status": "", "alert": "", "findings": [], "mended": "", "weights": "", "actions": []}


# ------------------------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_named_alone_and_its_button_says_by_how_much_agreement_rose(kind: Any) -> None:
    page = page_of()
    state = desk(page).conversion
    state.plant(kind)
    settled(state)
    header, _ = received_by(run(page), VIEW)
    (finding,) = header["news"]["findings"]
    assert finding["words"].lower().startswith(kind)
    before = state.shown.agreement if state.shown else 0
    page = told(page, VIEW, {"do": "mend", "kind": finding["kind"]})
    settled(state)
    header, _ = received_by(run(page), VIEW)
    assert kind not in " ".join(each["words"].lower() for each in header["news"]["findings"])
    assert state.shown is not None
    assert state.shown.agreement > before
    assert header["news"]["mended"].startswith(f"Agreement rose by {100 * (state.shown.agreement - before):.1f} points")


def test_a_remedy_that_came_too_late_changes_nothing(state: ConversionState) -> None:
    present = state.present
    with pytest.raises(ExperimentError, match="no longer needed"):
        state.mend("silent")
    assert state.present == present


# ------------------------------------------------------------------------------------------------------ what may be done


def test_a_dragged_number_of_steps_is_the_experiments_and_undone() -> None:
    page = told(page_of(), VIEW, {"do": "steps", "steps": 5})
    state = desk(page).conversion
    assert state.present.input.shape == (1, 5, 64)
    assert fields(page)["steps"].value == 5
    assert from_parameter(page.query_params["x"]) == state.present
    page = press(page, "Undo")
    assert desk(page).conversion.present.input.shape == (1, 16, 64)


def test_controls_set_all_layers_of_neurons() -> None:
    page = page_of()
    fields(page)["spike_threshold"].set_value(2.0)
    page = run(page)
    assert [layer.spike_threshold for layer in desk(page).conversion.experiment.network if layer.kind == "IAF"] == [2.0, 2.0]
    fields(page)["conversion.percentile"].set_value(0)
    page = run(page)
    header, _ = received_by(page, VIEW)
    assert "Percentile" in header["news"]["alert"]
    assert desk(page).conversion.conversion.percentile == 99.9


def test_a_picked_neuron_is_shown_with_the_input_it_received() -> None:
    page = told(page_of(), VIEW, {"do": "pick", "place": 3, "neuron": 7, "sample": 11})
    header, arrays = received_by(page, VIEW)
    neuron = header["neuron"]
    assert neuron["title"].startswith("IAF 4, neuron 7, test sample 11")
    z, u, v, s = (arrays[neuron[name]] for name in ("z", "u", "v", "s"))
    np.testing.assert_allclose(u, np.append(0.5, v[:-1]) + z, atol=1e-5)
    np.testing.assert_array_equal(s, (u >= 1).astype(float))
    page = press(page, "Open on the Neuron page")
    tuned = desk(page).neuron
    assert tuned.layer.initial_v_mem == 0.5
    np.testing.assert_array_equal(tuned.simulation().records[0].spikes.ravel(), s)


def test_the_converted_network_is_handed_over_with_its_weights(state: ConversionState) -> None:
    composition = Composition(state.files)
    composition.start_from(state.converted())
    assert composition.experiment is not None
    assert composition.experiment.conversion is None
    assert composition.experiment.checkpoint is not None
    state.pick(1, 0, 0)
    own = state.neuron()
    assert own is not None
    shape = composition.experiment.input.shape
    handed = simulate(composition.experiment.replace({"input.index": 0}), state.files)[0]
    np.testing.assert_array_equal(handed.records[1].spikes, own[0].records[1].spikes[:, : shape[1]])


def test_the_training_page_begins_where_the_conversion_ended(state: ConversionState) -> None:
    handed = Experiment(**dict(state.converted()))
    handed.check_trainable()
    assert state.shown is not None
    assert answer(handed, state.files).accuracy == state.shown.accuracies[15]


def test_other_pages_refuse_a_conversion_and_say_where_it_opens() -> None:
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        check(SMALL.draft)
    composition = Composition()
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        composition.start_from(SMALL.draft)
    assert composition.present == ten_spikes().draft


def test_a_file_of_a_conversion_is_refused_on_the_training_page_and_nothing_is_lost() -> None:
    held = Desk()
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        held.training.bring_back("conversion.json", SMALL.to_json().encode())
    assert held.composition.present == ten_spikes().draft


def test_a_link_to_own_weights_says_that_they_are_not_here_and_offers_others() -> None:
    named = {"name": "own.pt", "digest": "0" * 32}
    page = page_of(SMALL.replace({"checkpoint": named}))
    header, _ = received_by(page, VIEW)
    assert "links carry no weights" in header["news"]["alert"]
    assert header["news"]["actions"] == [{"label": "Train one here instead", "do": "weights"}]
    settled(desk(told(page, VIEW, {"do": "weights"})).conversion)
    header, _ = received_by(run(page), VIEW)
    assert header["news"]["alert"] == ""
    assert header["comparison"] is not None


def test_energies_change_the_cost_and_nothing_is_computed_again() -> None:
    page = page_of()
    shown = desk(page).conversion.shown
    desk(page).conversion.edit({"conversion.energy_synop": 2.5})
    header, _ = received_by(run(page), VIEW)
    assert header["comparison"]["cost"]["energySynop"] == 2.5
    assert desk(page).conversion.shown is shown


def test_a_pinned_curve_stays(state: ConversionState) -> None:
    state.pin()
    pinned = state.pinned
    state.edit_neurons({"reset_fn": "MembraneReset"})
    settled(state)
    assert state.pinned is pinned is not state.shown
    assert pinned is not None
    assert state.shown is not None
    assert not np.array_equal(state.shown.accuracies, pinned.accuracies)


def test_a_desk_keeps_the_conversion_for_a_reload() -> None:
    held = Desk()
    held.turn_to(CONVERSION_PAGE)
    assert not held.holds_more_than_its_link
    held.attempt(lambda: held.conversion.ask_for_steps(9))
    assert held.query
    held.undo()
    assert held.query == {}
    assert held.holds_more_than_its_link


# ------------------------------------------------------------------------------------------------------ own weights


def test_own_weights_act_and_the_page_says_so() -> None:
    page = page_of()
    state = desk(page).conversion
    model = own_network(64, 128, 64, 10)
    state.bring("own.pt", weights_file(model))
    settled(state)
    header, _ = received_by(run(page), VIEW)
    assert header["news"]["weights"] == "ANN from own.pt."
    assert state.artificial is not None
    np.testing.assert_array_equal(state.artificial.weights["2.weight"], model[2].weight.detach().numpy())
    page = told(page, VIEW, {"do": "weights"})
    assert desk(page).conversion.present.checkpoint is None


def not_finite() -> nn.Module:
    model = own_network(64, 128, 64, 10)
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nan
    return model


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.pt", lambda: b"these are no weights", "neither a .pt file of torch nor a safetensors file"),
        ("other.pt", lambda: weights_file(own_network(64, 50, 64, 10)), "weights of another network"),
        ("short.pt", lambda: weights_file(own_network(64, 128, 10)), "weights of another network"),
        ("nan.pt", lambda: weights_file(not_finite()), "finite"),
        ("lif.json", lambda: ten_spikes().to_json().encode(), "labelled samples"),
        ("none.json", lambda: b"{", "not valid JSON"),
    ],
)
def test_bad_files_are_refused_in_a_sentence_and_nothing_is_lost(
    name: str, content: Callable[[], bytes], message: str, state: ConversionState
) -> None:
    present, shown = state.present, state.shown
    with pytest.raises(SNNCoreError, match=message) as refused:
        state.bring(name, content())
    assert str(refused.value).endswith(".")
    assert (state.present, state.shown) == (present, shown)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input.shape": [1, MOST_STEPS + 1, 64]}, "takes up to 256"),
        ({"training.epochs": 1_000_000}, "Use fewer epochs"),
        ({"input.shape": [2, 16, 64]}, "batch of 1"),
    ],
)
def test_what_is_too_much_for_the_server_is_refused_before_it_begins(changes: dict[str, Any], message: str, state: ConversionState) -> None:
    present = state.present
    with pytest.raises(ExperimentError, match=message):
        state.edit(changes)
    assert state.present == present


# ------------------------------------------------------------------------------------------------------ many visitors, and work that ends


def another_seed(seed: int) -> dict[str, int]:
    return {"seeds.weights": seed, "training.epochs": 1}


def test_who_starts_alike_is_spared_the_training_and_the_comparison(state: ConversionState) -> None:
    other = Desk().conversion
    other.open(SMALL.draft)
    other.prepare()
    assert not other.work.is_busy
    assert other.artificial is state.artificial
    assert other.shown is state.shown


def test_own_weights_are_nobody_elses(state: ConversionState) -> None:
    state.bring("own.pt", weights_file(own_network(64, 128, 64, 10)))
    settled(state)
    assert state.artificial is not None
    assert state.is_current
    other = Desk().conversion
    other.open(state.present)  # from its link, which names the weights
    settled(other)
    assert other.artificial is None
    assert other.shown is None
    assert "links carry no weights" in str(other.work.failure)


def test_what_is_learned_from_own_data_is_nobody_elses() -> None:
    file, rng = io.BytesIO(), np.random.default_rng(0)
    np.savez(file, x=rng.random((400, 64)), y=np.arange(400) % 10)
    data, _ = OwnData().read("own.npz", file.getvalue())
    own, other = Desk().conversion, Desk().conversion
    own.files.keep(data.digest, data.files)
    own.open(SMALL.replace({f"{OF_THE_TASK}data": data.data_set().model_dump()}).draft)
    assert settled(own).is_current
    other.open(own.present)
    settled(other)
    assert other.artificial is None
    assert other.shown is None


def test_what_visitors_share_has_a_limit_and_each_keeps_the_network_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    first = begun()
    artificial = first.artificial
    assert artificial is not None
    shared: Results[Artificial] = Results(2 * artificial.nbytes, lambda found: found.nbytes)
    monkeypatch.setattr(conversion_work, "trained", shared)
    other = begun(SMALL.replace(another_seed(11)))
    for seed in range(12, 16):
        other.edit(another_seed(seed))
        settled(other)
        assert shared.nbytes <= 2 * artificial.nbytes
    assert shared.nbytes > 0
    assert first.artificial is artificial


def test_nobody_goes_on_with_a_training_that_another_has_finished() -> None:
    slow = SMALL.replace({"seeds.weights": 501, "training.epochs": 60})
    first, second = Desk().conversion, Desk().conversion
    for each in (first, second):
        each.open(slow.draft)
        each.prepare()
    settled(first)
    second.prepare()
    assert second.artificial is not None
    assert not second.work.is_training
    assert settled(second).is_current


def test_an_undo_ends_what_nothing_waits_for_any_more(state: ConversionState) -> None:
    state.edit({"seeds.weights": 502, "training.epochs": 200})
    state.prepare()
    assert state.work.is_training
    state.undo()
    state.prepare()
    assert state.is_current
    assert not state.work.is_busy


def test_who_trains_the_network_again_takes_it_from_nobody_else(state: ConversionState) -> None:
    artificial, other = state.artificial, begun()
    other.train_again()
    assert other.artificial is None
    assert state.artificial is artificial
    settled(other)
    assert other.artificial is not None


def test_a_picked_neuron_runs_with_the_weights_of_the_comparison_that_is_shown(state: ConversionState) -> None:
    state.pick(1, 3, 0)
    before = state.neuron()
    assert state.shown is not None
    shown = state.shown
    state.edit(another_seed(1))
    state.work._train(state.experiment)
    while state.artificial is None:
        time.sleep(0.02)
        state.work._collect()
    assert state.shown is shown, "the next network is trained, and not compared yet"
    state._simulated = None
    after = state.neuron()
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before[0].received(1), after[0].received(1))


def test_a_failed_training_is_no_failure_of_the_next_experiment() -> None:
    state = Desk().conversion
    state.open(SMALL.replace({"training.lr": 1e30}).draft)
    state.prepare()
    assert state.work._training is None or state.work._training[1].join(PATIENCE)
    state.edit({"training.lr": SMALL.training.lr})
    settled(state)
    assert state.work.failure is None
    assert state.is_current
    state.undo()
    settled(state)
    assert state.work.failure


def test_stopped_work_begins_again_by_its_button_or_an_edit() -> None:
    page = opened(CONVERSION, DENSE.replace({"seeds.weights": 77, "training.epochs": 200}))
    state = desk(page).conversion
    assert {"label": "Stop", "do": "stop"} in received_by(page, VIEW)[0]["news"]["actions"]
    page = told(page, VIEW, {"do": "stop"})
    begun = time.monotonic()
    while state.work.is_busy:
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
    page = run(page)
    assert state.artificial is None
    assert not state.work.is_busy, "it stays stopped"
    header, _ = received_by(page, VIEW)
    assert header["news"]["actions"] == [{"label": "Start again", "do": "start again"}]
    assert header["news"]["status"].startswith("Stopped")
    told(page, VIEW, {"do": "start again"})
    state.prepare()
    assert state.work.is_busy
    state.stop()
    state.edit({"training.epochs": 1})
    settled(state)
    assert state.is_current


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.5, 0.75, "Agreement rose by 25.0 points, from 50.0% to 75.0%."),
        (0.75, 0.73, "Agreement fell by 2.0 points, from 75.0% to 73.0%."),
        (0.7503, 0.75, "Agreement stayed at 75.0%."),
    ],
)
def test_what_a_remedy_did_is_said_as_it_is(before: float, after: float, said: str) -> None:
    assert mended_in_words(before, after) == said


def test_what_the_page_looks_after_leaves_the_last_complaint() -> None:
    held = Desk()
    held.attempt(lambda: held.conversion.ask_for_steps(MOST_STEPS + 1))
    complaint = held.complaint
    held.guard.look_after(held.conversion.prepare)
    assert complaint
    assert held.complaint == complaint
    held.leave()
