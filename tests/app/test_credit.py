"""Credit through time is drawn under each layer's raster, told cell by cell, and drawn again for changes on the same weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.figures.credit import cells_of, credit_figure, describe_credit
from app.server.runner import Owner, TrainingRun
from app.state.composition import Composition
from app.state.credit import SURROGATE, CreditView, Explained, Place, changed_layers, layers_with, parameters_with, why_no_credit
from app.state.surrogate import Shown
from app.state.training import TrainingState
from app.words.credit import arriving_in_words, changed_in_words, credit_in_words, gone_in_words
from snncore.experiment.inputs import NO_FILES, RandomSpikes
from snncore.experiment.recognition import digits, remember, yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import credit
from tests.app.drawn_rows import Row, all_rows, row_of
from tests.app.waiting import until
from tests.length import sampled


@pytest.fixture
def run() -> Iterator[TrainingRun]:
    """A training of the ten-spike network, two epochs long."""
    made = TrainingRun(ten_spikes(), None, Owner("test"), NO_FILES)
    for _ in range(2):
        made.step()
        until(lambda: not made.is_running)
    yield made
    made.pause()


def explained(run: TrainingRun, view: CreditView, epoch: int = -1) -> Explained:
    return view.explain(shown(run, epoch), NO_FILES)


def shown(run: TrainingRun, epoch: int = -1) -> Shown:
    record = run.records[epoch]
    records = {int(layer.name): layer for layer in record.layers}
    return Shown(run.experiment.in_force(record.epoch), record.parameters, records, record.epoch)


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ""))


# ------------------------------------------------------------------------------------------------------- the state


def test_credit_is_that_of_the_weights_of_the_epoch(run: TrainingRun) -> None:
    view = CreditView()
    for epoch in (0, 2):
        record = run.records[epoch]
        found = explained(run, view, epoch)
        assert found.shown.epoch == epoch
        assert found.credit.loss == pytest.approx(record.loss, rel=1e-6)
        np.testing.assert_array_equal(found.credit.layers[3].u, credit(ten_spikes(), record.parameters).layers[3].u)


def test_an_answer_is_computed_once_and_again_after_a_change(run: TrainingRun) -> None:
    view = CreditView()
    first = explained(run, view)
    assert explained(run, view) is first
    view.change("detach_reset", True, shown(run))
    second = explained(run, view)
    assert second is not first
    assert second.trained is first.credit, "what it is compared with is kept"
    assert explained(run, view) is second


def test_a_change_is_made_on_the_same_weights_in_all_layers_and_not_in_the_training(run: TrainingRun) -> None:
    view, record = CreditView(), run.records[-1]
    view.change("detach_reset", True, shown(run))
    found = explained(run, view)
    assert [found.experiment.network[place].detach_reset for place in (1, 3)] == [True, True]
    assert not run.experiment.network[1].detach_reset
    expected = credit(found.experiment, record.parameters)
    for place, layer in found.credit.layers.items():
        np.testing.assert_array_equal(layer.u, expected.layers[place].u)
        np.testing.assert_array_equal(layer.record.spikes, found.trained.layers[place].record.spikes)
        assert not layer.parts["reset"].any()
    assert found.credit.loss == found.trained.loss


def test_another_time_constant_is_in_force_though_it_learns(run: TrainingRun) -> None:
    view, record = CreditView(), run.records[-1]
    view.change("tau_mem", 20.0, shown(run))
    found = explained(run, view)
    layer = found.credit.layers[1]
    np.testing.assert_allclose(layer.parts["decay"][0, :-1] / layer.u[0, 1:], math.exp(-1 / 20), rtol=1e-4)
    assert record.parameters["1.tau_mem"].item() < 11


@pytest.mark.parametrize("name", ["tau_mem", "alpha_mem"])
def test_a_time_constant_is_changed_as_the_parameter_that_there_is(name: str) -> None:
    experiment = ten_spikes().replace({"network.1.train_alphas": name == "alpha_mem", "network.3.train_alphas": name == "alpha_mem"})
    parameters = {key: value.detach().numpy() for key, value in experiment.build().named_parameters()}
    changed = changed_layers(experiment, {"tau_mem": 20.0})
    found = parameters_with(changed, parameters, {"tau_mem": 20.0})
    assert found[f"1.{name}"].item() == pytest.approx(20.0 if name == "tau_mem" else math.exp(-1 / 20))
    assert found.keys() == parameters.keys()


def test_the_value_that_was_trained_with_changes_back(run: TrainingRun) -> None:
    view = CreditView()
    view.change(SURROGATE, {"kind": "SingleExponential", "grad_width": 0.1, "grad_scale": 1.0}, shown(run))
    assert explained(run, view).credit.layers[1].u.any()
    assert explained(run, view).credit is not explained(run, view).trained
    view.change(SURROGATE, {"kind": "SingleExponential", "grad_width": 0.5, "grad_scale": 1.0}, shown(run))
    assert not view.changes
    view.change("detach_reset", True, shown(run))
    view.change_back()
    assert explained(run, view).credit is explained(run, view).trained


def test_a_change_that_cannot_run_leaves_the_training_s_own_credit(run: TrainingRun) -> None:
    view = CreditView()
    view.change(SURROGATE, {"kind": "SingleExponential", "grad_width": 0.5, "grad_scale": 1e38}, shown(run))
    found = explained(run, view)
    assert found.refusal is not None
    assert "the gradient is not finite" in found.refusal
    assert found.credit is found.trained


def test_the_largest_cell_of_those_that_share_a_place_is_asked_about(run: TrainingRun) -> None:
    view = CreditView()
    found = explained(run, view)
    view.ask(found, 1, range(10, 14), range(50, 52))
    u = np.abs(found.credit.layers[1].u[0])
    assert view.place is not None
    assert (view.place.layer, view.place.neuron in range(10, 14), view.place.step in (50, 51)) == (1, True, True)
    assert u[view.place.step, view.place.neuron] == u[50:52, 10:14].max()


def test_a_cell_that_is_not_there_is_noted_and_the_one_before_stays(run: TrainingRun) -> None:
    view = CreditView()
    found = explained(run, view)
    view.ask(found, 3, range(1), range(50, 51))
    asked = view.place
    assert asked == Place(3, 0, 50)
    view.ask(found, 7, range(1), range(1))
    assert (view.place, view.gone) == (asked, Place(7, 0, 0))
    view.ask(found, 1, range(64, 65), range(1))
    assert (view.place, view.gone) == (asked, Place(1, 64, 0))
    view.ask(found, 1, range(63, 64), range(1))
    assert (view.place, view.gone) == (Place(1, 63, 0), None), "another question"
    view.place = Place(3, 4, 50)  # of a network with more neurons
    explained(run, view)
    assert (view.place, view.gone) == (None, Place(3, 4, 50))


@pytest.mark.parametrize(("layer", "name"), [(3, "LIF 4"), (9, "layer 10")])
def test_a_cell_that_is_gone_is_told_in_one_sentence(layer: int, name: str) -> None:
    assert gone_in_words(ten_spikes(), layer, 4, 50) == f"Neuron 4 of {name} at step 50 is no longer there; click another cell."


def test_why_credit_cannot_be_shown_is_one_sentence() -> None:
    assert why_no_credit(ten_spikes()) is None
    assert why_no_credit(digits()) is None, "of labelled data it is that of one sample"
    linear = {"kind": "Linear", "in_features": 2, "out_features": 600}
    large = Experiment(network=[linear, {"kind": "LIF", "tau_mem": 10.0}], input=RandomSpikes(shape=(1, 2000, 2), probability=0.1))
    assert why_no_credit(large) == ("This network has 1,200,000 potentials in a run; credit is computed for 1,000,000 at most.")
    small = {**linear, "out_features": 1}
    long = Experiment(network=[small, {"kind": "LIF", "tau_mem": 10.0}], input=RandomSpikes(shape=(1, 5001, 2), probability=0.1))
    assert why_no_credit(long) == "This run has 5,001 steps over all layers; credit is computed for 5,000 at most."


@pytest.mark.parametrize("make", sampled([digits, yin_yang, lambda: remember(20)]), ids=lambda make: getattr(make, "__name__", "remember"))
def test_credit_of_labelled_data_is_that_of_the_sample_on_display(make: Any) -> None:
    training = TrainingState(Composition(), Owner("visitor"))
    training.composition.start_from(make().draft)
    assert training.prepare() is None
    training.recognition.pick(3)
    here = training.explained_pass()
    assert (here.sample, here.epoch) == (3, 0)
    found = CreditView().explain(here, NO_FILES).credit
    experiment = make()
    expected = credit(experiment.replace({"input.half": "test", "input.index": 3}), training.run.records[0].parameters)
    assert found.loss == expected.loss
    assert found.layers.keys() == here.records.keys()
    for place, layer in found.layers.items():
        assert layer.u.any()
        np.testing.assert_array_equal(layer.u, expected.layers[place].u)
        np.testing.assert_allclose(layer.record.u, here.records[place].u, atol=1e-5)


def test_values_by_neuron_are_left_alone() -> None:
    experiment = ten_spikes().replace({"network.3.tau_mem": [5.0, 6.0, 7.0, 8.0]})
    assert [index for index, _ in layers_with(experiment, "tau_mem")] == [1]
    assert changed_layers(experiment, {"tau_mem": 20.0}).network[3].tau_mem == (5.0, 6.0, 7.0, 8.0)


# ------------------------------------------------------------------------------------------------------- the words


def test_what_arrives_is_told_beside_the_layer_above_and_the_training() -> None:
    assert arriving_in_words(4, 2.0, None, "", 0.9, None) == "4 neurons · ‖∂L/∂u‖ 2 · one step back keeps × 0.9"
    assert arriving_in_words(64, 0.5, 0.25, "LIF 4", 0.9, 10.0) == (
        "64 neurons · ‖∂L/∂u‖ 0.5, × 10 of the training's · × 0.25 of LIF 4's · one step back keeps × 0.9"
    )
    assert arriving_in_words(1, 0.0, None, "", 0.9, None) == "1 neuron · no credit arrives"


def test_an_epoch_without_gradient_says_why() -> None:
    assert "Click a cell" in credit_in_words(3, 25.0, is_empty=False)
    assert credit_in_words(51, 0.0, is_empty=True).startswith("The loss of epoch 51 is 0, so nothing has to change")
    assert credit_in_words(3, 25.0, is_empty=True).startswith("No gradient arrives anywhere at epoch 3, loss 25")


def test_a_change_says_whether_the_spikes_are_others() -> None:
    trained = credit(ten_spikes())

    def said(**changes: Any) -> str:
        return changed_in_words(credit(ten_spikes().replace({f"network.1.{name}": value for name, value in changes.items()})), trained)

    assert said(detach_reset=True).startswith("Changed: same spikes, same loss 100; only the gradient differs.")
    assert said(tau_mem=30.0).startswith("Changed: other spikes, same loss 100. Colours")


# ------------------------------------------------------------------------------------------------------- the figure


def credit_row(figure: Any, layer: int) -> Row:
    return row_of(figure, layer, "heatmap")


def test_each_layer_has_its_spikes_and_below_them_its_credit() -> None:
    experiment = ten_spikes()
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, None, "light")
    assert [group["layer"] for group in figure.header["groups"]] == ["1", "3"]
    assert [row["kind"] for row in all_rows(figure)] == ["raster", "heatmap"] * 2
    for place, layer in found.layers.items():
        row = credit_row(figure, place)
        np.testing.assert_array_equal(figure.arrays[row["z"]], layer.u[0].T)
        far = np.abs(layer.u).max()
        assert row["range"] == (-far, far)
        assert row["diverges"]
        assert row["appears"] == "back"
        np.testing.assert_allclose(sum(figure.arrays[part["z"]] for part in row["parts"]), layer.u[0].T, atol=1e-6 * far)
        np.testing.assert_array_equal(figure.arrays[row_of(figure, place, "raster")["z"]], layer.record.spikes[0].T)


def test_the_scales_of_a_change_are_those_of_the_training() -> None:
    experiment = ten_spikes()
    trained = credit(experiment)
    narrow = experiment.replace(
        {f"network.{place}.surrogate_grad_fn": {"kind": "SingleExponential", "grad_width": 0.1} for place in (1, 3)}
    )
    figure = credit_figure(narrow, credit(narrow), trained, None, "light")
    assert credit_row(figure, 3)["range"][1] == np.abs(trained.layers[3].u).max()
    assert "of the training's" in figure.header["groups"][1]["words"]


def test_the_cell_that_is_asked_about_is_marked_in_its_row() -> None:
    experiment = ten_spikes()
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, (3, 2, 40), "light")
    rows = list(all_rows(figure))
    marked = figure.header["cell"]
    assert rows[marked["row"]] is credit_row(figure, 3)
    assert (marked["line"], marked["time"]) == (2, 40)


def test_thinned_cells_stand_for_all_their_neurons_and_steps_and_have_no_parts() -> None:
    network = [{"kind": "Linear", "in_features": 2, "out_features": 1500}, {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.2}]
    experiment = Experiment(network=network, input=RandomSpikes(shape=(1, 30, 2), probability=0.5))
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, (1, 1499, 7), "light")
    row = credit_row(figure, 1)
    assert row["bin"] == 2
    assert "parts" not in row
    assert figure.header["cell"]["line"] == 749
    assert cells_of(found.layers[1], 749, 7) == (range(1498, 1500), range(7, 8))


def test_many_layers_have_their_norms_side_by_side() -> None:
    layers: list[dict[str, Any]] = []
    for _ in range(3):
        layers += [{"kind": "Linear", "in_features": 6, "out_features": 6}, {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.2}]
    experiment = Experiment(network=layers, input=RandomSpikes(shape=(1, 30, 6), probability=0.8))
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, None, "dark")
    bars = row_of(figure, "norms", "bars")
    np.testing.assert_allclose(figure.arrays[bars["z"]], [np.linalg.norm(layer.u) for layer in found.layers.values()], rtol=1e-5)


def test_a_layer_that_never_spikes_has_no_raster() -> None:
    network = [{"kind": "Linear", "in_features": 2, "out_features": 3}, {"kind": "ExpLeak", "tau_mem": 10.0}]
    experiment = Experiment(
        network=network, input=RandomSpikes(shape=(1, 30, 2), probability=0.5), training={"task": {"kind": "spike_count"}}
    )
    found = credit(experiment)
    figure = credit_figure(experiment, found, found, None, "light")
    assert [row["kind"] for row in all_rows(figure)] == ["heatmap"]


def test_the_rows_are_described_in_words() -> None:
    words = describe_credit(ten_spikes(), credit(ten_spikes()))
    assert words.startswith("Spikes of each layer, and below them ∂L/∂u, over 100 time steps. LIF 2: from ")
    assert words.endswith("Escape goes back.")
