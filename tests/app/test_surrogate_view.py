"""The surrogate of a training as it is looked at: layers, a surrogate that is tried, weights and the true loss; words and figures of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from app.figures.loss_over_weight import describe_gradients, describe_staircase, gradient_bars, staircase
from app.figures.style import PALETTES
from app.server.limits import cost
from app.server.runner import Owner
from app.state.composition import Composition
from app.state.surrogate import DOUBLINGS, FEWEST_POINTS, Shown, SurrogateView
from app.state.training import TrainingState
from app.words.surrogate import optimiser_in_words, shares_in_words, staircase_in_words
from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment.inputs import NO_FILES
from snncore.experiment.layers import ExpLeakSpec, LIFSpec
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.experiment.torch_layers import LinearSpec
from snncore.explain import LossOverWeight
from snncore.run.bptt import EpochRecord, train
from tests.app.plain import as_json

TRACED = {1: 3, 3: 2}


@pytest.fixture(scope="module")
def record() -> EpochRecord:
    return list(train(ten_spikes()))[-5]


def shown(experiment: Experiment, record: EpochRecord) -> Shown:
    return Shown(experiment, record.parameters, {int(layer.name): layer for layer in record.layers}, record.epoch)


@pytest.fixture
def here(record: EpochRecord) -> Shown:
    return shown(ten_spikes(), record)


def found(losses: list[float], gradient: float = -2.0, differences: Mapping[float, float] | None = None) -> LossOverWeight:
    values = np.linspace(0.0, 1.0, len(losses))
    middle = len(losses) // 2
    given = {0.01: 0.0, 0.5: losses[-1] - losses[0]} if differences is None else differences
    return LossOverWeight("2.weight", (0, 0), 0.5, losses[middle], gradient, values, np.array(losses), given)


# ------------------------------------------------------------------------------------------------------------- state


def test_layers_that_spike_can_be_looked_at_the_last_one_first(here: Shown) -> None:
    view = SurrogateView()
    assert view.layers(here.experiment) == [1, 3]
    assert view.layer_of(here.experiment) == 3
    view.look_at(1)
    assert view.layer_of(here.experiment) == 1
    view.look_at(7)
    assert view.layer_of(here.experiment) == 3, "a layer that is gone"


def test_a_network_that_never_spikes_says_so() -> None:
    silent = Experiment(network=(LinearSpec(in_features=16, out_features=2), ExpLeakSpec(tau_mem=10.0)), input=ten_spikes().input)
    with pytest.raises(ExperimentError, match="No layer of this network spikes"):
        SurrogateView().layer_of(silent)


def test_trying_a_surrogate_edits_nothing_until_its_changes_are_taken(here: Shown) -> None:
    view, experiment = SurrogateView(), here.experiment
    assert view.tried_of(experiment) is None
    view.try_surrogate(experiment, {"kind": "FastSigmoid"})
    view.try_surrogate(experiment, {"slope": 5.0})
    assert view.tried == {"kind": "FastSigmoid", "slope": 5.0}
    assert experiment == ten_spikes()
    tried = view.tried_of(experiment)
    assert tried is not None
    assert tried == experiment.replace(view.changes(experiment))
    assert [tried.at(f"network.{place}.surrogate_grad_fn.slope") for place in (1, 3)] == [5.0, 5.0]


def test_the_layers_own_surrogate_ends_the_trial_and_a_refused_number_keeps_it(here: Shown) -> None:
    view = SurrogateView()
    view.try_surrogate(here.experiment, {"grad_width": 0.1})
    kept = view.tried
    with pytest.raises(ExperimentError):
        view.try_surrogate(here.experiment, {"grad_width": -1.0})
    assert view.tried == kept
    view.try_surrogate(here.experiment, {"kind": "SingleExponential"})
    assert view.tried is None


def test_a_narrower_surrogate_reaches_fewer_potentials(here: Shown) -> None:
    view = SurrogateView()
    view.try_surrogate(here.experiment, {"grad_width": 0.05})
    own, tried = view.shares(here)
    assert tried is not None
    assert tried[1] < tried[0] < own[1] <= own[0]


def test_the_weights_into_the_traced_neuron_have_the_gradients_of_the_training(here: Shown, record: EpochRecord) -> None:
    view = SurrogateView()
    rows: list[Array] = []
    for neuron in range(4):
        view.look_into(neuron)
        rows.append(view.weights(here, TRACED, NO_FILES).gradients)
    assert np.linalg.norm(rows) == pytest.approx(record.gradient_norms["2.weight"], rel=1e-5)
    view = SurrogateView()
    weights = view.weights(here, TRACED, NO_FILES)
    assert weights.neuron == 2
    assert np.array_equal(weights.values, record.parameters["2.weight"][2])
    assert abs(weights.gradients[view.place_of(weights)]) == np.abs(weights.gradients).max()
    assert weights.sender == 1
    assert weights.tried is None


def test_a_weight_can_be_picked_and_another_neuron_forgets_it(here: Shown) -> None:
    view = SurrogateView()
    view.pick(5)
    weights = view.weights(here, TRACED, NO_FILES)
    assert view.over_weight(here, weights, NO_FILES).index == (2, 5)
    view.look_into(1)
    weights = view.weights(here, TRACED, NO_FILES)
    assert view.over_weight(here, weights, NO_FILES).index == (1, weights.usual)


def test_the_range_is_wide_enough_for_the_loss_to_change(here: Shown) -> None:
    view = SurrogateView()
    weights = view.weights(here, TRACED, NO_FILES)
    over = view.over_weight(here, weights, NO_FILES)
    assert over.levels > 1
    assert view.over_weight(here, weights, NO_FILES) is over, "it is kept"
    reach = over.values[-1] - over.value
    assert list(over.finite_differences) == pytest.approx([0.01 * reach, reach])


def test_kernels_of_a_convolution_are_numbered_by_channel() -> None:
    experiment = convolution().replace({"input.shape": (1, 20, 2, 8, 8)})
    record = next(train(experiment))
    view = SurrogateView()
    view.look_at(1)
    weights = view.weights(shown(experiment, record), {1: 40, 3: 0}, NO_FILES)
    assert weights.name == "0.weight"
    assert len(weights.values) == 2 * 3 * 3
    assert weights.neuron == 40 * 16 // record.layers[0].u[0, 0].size
    assert weights.sender is None


def test_a_layer_without_weights_before_it_says_so() -> None:
    experiment = ten_spikes().replace({"network": [LIFSpec(tau_mem=10.0, learns=("tau_mem",)).model_dump()]})
    record = next(train(experiment))
    with pytest.raises(ExperimentError, match="No weights lead into LIF 1"):
        SurrogateView().weights(shown(experiment, record), {0: 0}, NO_FILES)


def test_a_network_that_takes_too_long_is_not_run_for_many_values(here: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.state.surrogate.MOST_WORK", 1000)
    view = SurrogateView()
    weights = view.weights(here, TRACED, NO_FILES)
    with pytest.raises(ExperimentError, match="takes too long"):
        view.over_weight(here, weights, NO_FILES)


def labelled() -> TrainingState:
    training = TrainingState(Composition(), Owner("visitor"))
    training.composition.start_from(yin_yang().draft)
    assert training.prepare() is None
    return training


def test_of_labelled_data_only_the_sample_that_is_run_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here, view = labelled().explained_pass(), SurrogateView()
    once = cost(yin_yang().draft.replace({"training.batch_size": 1})).multiplications
    assert once < cost(yin_yang().draft).multiplications
    monkeypatch.setattr("app.state.surrogate.MOST_WORK", (FEWEST_POINTS + 2 * DOUBLINGS) * once)
    weights = view.weights(here, {1: 0}, NO_FILES)
    assert len(view.over_weight(here, weights, NO_FILES).losses) == FEWEST_POINTS // 2 * 2 - 1


def test_a_sample_of_the_visitors_own_has_no_loss_and_says_so() -> None:
    training = labelled()
    training.recognition.bring(np.full(5, 0.5, np.float32))
    with pytest.raises(ExperimentError, match="has no label, so there is no loss; choose a test sample"):
        training.explained_pass()
    training.recognition.pick(1)
    assert training.explained_pass().experiment.at("input.index") == 1


# ------------------------------------------------------------------------------------------------------------- words


def test_words_give_both_shares_and_those_of_the_tried_one() -> None:
    said = shares_in_words("fast sigmoid", (0.5, 0.123))
    assert said == "The surrogate, fast sigmoid, is above 1% of its peak at 50% of this layer's potentials, above 10% at 12%."
    assert shares_in_words("fast sigmoid", (0.5, 0.1), (1.0, 0.8), "arctangent").endswith("Tried, arctangent: 100% and 80%.")


def test_each_optimiser_says_what_it_does_to_a_gradients_size() -> None:
    assert "divides" in optimiser_in_words("RMSprop")
    assert "divides" in optimiser_in_words("Adam")
    assert "as they are" in optimiser_in_words("SGD")


def test_words_tell_a_staircase_from_a_slope() -> None:
    steps = staircase_in_words(found([9.0, 9.0, 4.0, 4.0, 1.0]), has_goal=False)
    assert "∂L/∂w = \u22122" in steps
    assert "The true slope is 0: over ±0.01" in steps
    assert "the nearest step is \u22120.25 away" in steps
    flat = staircase_in_words(found([4.0] * 5), has_goal=False)
    assert flat.endswith("nor over ±0.5.")
    smooth = staircase_in_words(found([3.0, 2.5, 2.0, 1.5, 1.0], differences={0.01: -2.0, 0.5: -2.0}), has_goal=False)
    assert "a slope here too: \u22122 over ±0.01" in smooth
    assert staircase_in_words(found([1.0, 0.0, 0.0, 0.0, 1.0], gradient=0.0), has_goal=True).startswith("The loss is 0")


# ----------------------------------------------------------------------------------------------------------- figures


def test_the_slope_runs_through_the_weight_and_stays_within_the_figure() -> None:
    over = found([9.0, 9.0, 4.0, 4.0, 1.0], gradient=-40.0)
    figure = staircase(over, "light", tried=-1.0)
    low, high = figure["layout"]["yaxis"]["range"]
    for line, slope in zip(figure["data"][1:3], (-40.0, -1.0), strict=True):
        (x0, x1), (y0, y1) = line["x"], line["y"]
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope)
        assert low - 1e-9 <= min(y0, y1) <= over.loss <= max(y0, y1) <= high + 1e-9
    assert figure["data"][0]["y"].tolist() == [9.0, 9.0, 4.0, 4.0, 1.0]
    assert as_json(figure)


def test_a_loss_that_never_changes_lies_in_the_middle() -> None:
    low, high = staircase(found([4.0] * 5), "dark")["layout"]["yaxis"]["range"]
    assert low < 4.0 < high


def test_bars_are_coloured_by_sign_and_the_picked_one_stands_out() -> None:
    palette = PALETTES["light"]
    (bars, tried) = gradient_bars(np.array([1.0, -2.0, 0.0]), 1, "input", "neuron 0", "light", np.array([0.1, 0.2, 0.3]))["data"]
    assert bars["marker"]["color"] == [palette.positive, palette.negative, palette.positive]
    assert np.argmax(bars["marker"]["opacity"]) == 1
    assert tried["marker"]["color"] == palette.compared


def test_both_figures_have_words() -> None:
    assert "2 of them not 0" in describe_gradients(np.array([1.0, -2.0, 0.0]), 1, "input", "neuron 0")
    assert "3 levels from 1 to 9" in describe_staircase(found([9.0, 9.0, 4.0, 4.0, 1.0]))
