"""An Experiment's artificial network and the spiking one made from it: what is compared is what both compute."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import nn

from snncore.activation import SingleSpike
from snncore.convert import SNNAnalyzer, artificial_network, compare, faults, from_model, normalize, train_artificial
from snncore.convert.artificial import neuron_places
from snncore.convert.comparison import Compared, converted_weights, spiking_network
from snncore.convert.faults import FaultKind
from snncore.errors import ConversionError, ExperimentError
from snncore.experiment.spec import Experiment
from snncore.layers.model import reset_states

NEURONS = {"kind": "IAF", "spike_fn": "SingleSpike", "initial_v_mem": 0.5}
TASK = {"kind": "classification", "encoding": {"kind": "current"}, "readout": "mean_potential"}
TRAINING = {"task": TASK, "optimiser": "Adam", "lr": 6e-3, "epochs": 24, "batch_size": 128, "schedule": "cosine"}
HIDDEN = (1, 3)
STEPS = 16
MOST_STEPS = 40


def dense(**more: Any) -> Experiment:
    layers = [
        {"kind": "Linear", "in_features": 64, "out_features": 64},
        NEURONS,
        {"kind": "Linear", "in_features": 64, "out_features": 32},
        NEURONS,
        {"kind": "Linear", "in_features": 32, "out_features": 10},
    ]
    given = {"network": layers, "input": {"kind": "sample", "shape": (1, STEPS, 64)}, "training": TRAINING, "conversion": {}}
    return Experiment(**{**given, **more})


def convolutional() -> Experiment:
    layers = [
        {"kind": "Conv2d", "in_channels": 1, "out_channels": 4, "kernel_size": 3, "padding": 1},
        NEURONS,
        {"kind": "AvgPool2d", "kernel_size": 2},
        {"kind": "Conv2d", "in_channels": 4, "out_channels": 6, "kernel_size": 3, "padding": 1},
        NEURONS,
        {"kind": "Flatten"},
        {"kind": "Linear", "in_features": 96, "out_features": 10},
    ]
    return dense(network=layers, input={"kind": "sample", "shape": (1, STEPS, 1, 8, 8)}, training={**TRAINING, "lr": 0.01, "epochs": 12})


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Layers as small as these are faster in one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=[dense, convolutional], ids=["dense", "convolutional"])
def trained(request: pytest.FixtureRequest) -> tuple[Experiment, nn.Sequential]:
    make: Callable[[], Experiment] = request.param
    return of(make())


def of(experiment: Experiment) -> tuple[Experiment, nn.Sequential]:
    model = artificial_network(experiment)
    epochs = list(train_artificial(experiment, model))
    assert [epoch.epoch for epoch in epochs] == list(range(experiment.training.epochs + 1))
    assert epochs[0].test_accuracy < 0.3
    assert epochs[-1].test_accuracy > 0.9
    return experiment, model


@pytest.fixture(scope="module")
def network() -> tuple[Experiment, nn.Sequential]:
    return of(dense())


def compared(experiment: Experiment, model: nn.Sequential, changes: dict[str, Any] | None = None) -> Compared:
    found = compare(experiment.replace(changes or {}), model, steps=MOST_STEPS)
    assert found is not None
    return found


def of_neurons(**fields: Any) -> dict[str, Any]:
    return {f"network.{place}.{name}": value for place in HIDDEN for name, value in fields.items()}


def images(experiment: Experiment, half: str = "test") -> torch.Tensor:
    values = experiment.training.task.data.make().of(half).values  # type: ignore[attr-defined]  # of a classification
    return values.reshape(len(values), *experiment.input.shape[2:])


# ------------------------------------------------------------------------------------------------- what is compared


def test_the_spiking_network_is_that_of_from_model(trained: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = trained
    x = images(experiment)[:20]
    scaled = normalize(model, images(experiment, "train"), 99.9)
    expected = from_model(scaled, num_timesteps=STEPS, min_v_mem=None, initial_v_mem=0.5, spike_fn=SingleSpike).run(x, STEPS)
    spiking = spiking_network(experiment.replace({"input.shape": [20, *experiment.input.shape[1:]]}), converted_weights(experiment, model))
    with torch.no_grad():
        found = spiking(x.unsqueeze(1).expand(-1, STEPS, *x.shape[1:]))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


def test_answers_after_some_steps_are_those_of_a_run_of_so_many(trained: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = trained
    longer, shorter = compared(experiment, model), compare(experiment, model)
    assert shorter is not None
    assert (longer.steps, shorter.steps, longer.asked) == (MOST_STEPS, STEPS, STEPS)
    np.testing.assert_array_equal(longer.answers[:, :STEPS], shorter.answers)
    for one, other in zip(longer.layers, shorter.layers, strict=True):
        np.testing.assert_allclose(one.rates, other.rates, atol=1e-5)


def test_the_networks_agree_more_with_more_steps_and_at_last_nearly_always(trained: tuple[Experiment, nn.Sequential]) -> None:
    found = compared(*trained)
    assert found.agreements[0] < 0.95 < 0.98 < found.agreements[-1]
    assert found.artificial_accuracy - found.accuracies[-1] < 0.01


def test_correlations_are_those_of_activations_and_rates(trained: tuple[Experiment, nn.Sequential]) -> None:
    for layer in compared(*trained).layers:
        expected = np.corrcoef(layer.activations.ravel(), layer.rates.ravel())[0, 1]
        assert layer.correlations[STEPS - 1] == pytest.approx(expected, abs=1e-4)
        chosen = layer.rates[layer.samples, layer.neurons]
        np.testing.assert_allclose(layer.point_rates[:, STEPS - 1], chosen, atol=1e-5)
        np.testing.assert_array_equal(layer.point_activations, layer.activations[layer.samples, layer.neurons])


def test_synaptic_operations_are_those_that_the_analyser_counts(trained: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = trained
    found = compared(experiment, model)
    x = images(experiment)
    scaled = normalize(model, images(experiment, "train"), 99.9)
    spiking = from_model(scaled, num_timesteps=STEPS, min_v_mem=None, initial_v_mem=0.5, spike_fn=SingleSpike).spiking_model
    assert spiking is not None
    counter = SNNAnalyzer(spiking)
    reset_states(spiking)
    with torch.no_grad():
        spiking(x.repeat_interleave(STEPS, 0))
    counted = [layer["synops"].item() for layer in counter.get_layer_statistics()["parameter"].values()]
    ours = [layer.synops[STEPS - 1] for layer in found.layers if layer.does_spike]
    np.testing.assert_allclose(ours, counted[1:], rtol=1e-3)


def test_multiply_adds_are_those_of_real_pixels() -> None:
    experiment = convolutional()
    found = compare(experiment, artificial_network(experiment), steps=1)
    assert found is not None
    inside = (3 * 8 - 2) ** 2  # windows of 3×3 at 8×8 places, without the padded zeros
    assert found.multiply_adds == {0: 4 * inside, 3: 6 * 4 * (3 * 4 - 2) ** 2, 6: 960}


def test_spikes_as_input_lead_to_the_same_answers_whatever_their_rate(network: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = network
    for rate in (1000.0, 400.0):
        found = compare(experiment.replace({"training.task.encoding": {"kind": "rate", "rate": rate}}), model, steps=200)
        assert found is not None
        assert found.agreements[-1] > 0.97
        assert found.input_synops is not None
        pixels = images(experiment).sum(1).mean().item()
        assert found.input_synops[-1] == pytest.approx(200 * rate * 1e-3 * pixels * 64, rel=0.02)


@pytest.mark.parametrize("asked", range(4))
def test_a_comparison_that_is_stopped_has_no_result(asked: int, network: tuple[Experiment, nn.Sequential]) -> None:
    numbers = itertools.count()
    assert compare(*network, steps=1000, stop=lambda: next(numbers) == asked) is None
    assert next(numbers) == asked + 1


def test_dropout_and_mode_of_the_model_change_nothing_and_stay_as_they_are(network: tuple[Experiment, nn.Sequential]) -> None:
    experiment, _ = network
    layers = experiment.model_dump()["network"]
    dropping = dense(network=[*layers[:2], {"kind": "Dropout"}, *layers[2:]])
    model = artificial_network(dropping)
    first, second = compare(dropping, model.eval(), steps=4), compare(dropping, model.train(), steps=4)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.layers[-1].activations, second.layers[-1].activations)
    assert np.array_equal(first.layers[0].rates, second.layers[0].rates)
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize("batches", [0, 3, 6, 9])
def test_a_training_ends_where_it_is_stopped_with_the_model_in_evaluation(batches: int) -> None:
    numbers = itertools.count()
    model = artificial_network(dense())
    epochs = list(train_artificial(dense(), model, stop=lambda: next(numbers) == batches))
    assert len(epochs) == (batches > 7)  # eight parts are tested before epoch 0 is told
    assert next(numbers) == batches + 1
    assert not any(module.training for module in model.modules())


# ------------------------------------------------------------------------------------------------- what parts them


def planted(kind: str, experiment: Experiment) -> dict[str, Any]:
    def of_all(**fields: Any) -> dict[str, Any]:
        return {f"network.{place}.{name}": value for place in neuron_places(experiment) for name, value in fields.items()}

    def of_steps(steps: int) -> dict[str, Any]:
        return {"input.shape": [1, steps, *experiment.input.shape[2:]]}

    changes: dict[str, dict[str, Any]] = {
        "silent": of_all(spike_threshold=8.0),
        "slow": of_all(spike_threshold=2.0),
        "saturated": of_all(spike_threshold=0.3),
        "clipped": {"conversion.percentile": 50.0},
        "too few steps": of_steps(1),
        "start": of_all(initial_v_mem=0.9) | of_steps(8),
        "reset": of_all(reset_fn="MembraneReset", spike_threshold=1.0, initial_v_mem=0.0),
    }
    return changes[kind]


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_a_planted_fault_is_named_and_no_other_and_its_remedy_mends_it(kind: str, trained: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = trained
    found = compared(experiment, model, planted(kind, experiment))
    (fault,) = faults(found)
    assert fault.kind == kind
    assert fault.share > 0
    mended = compared(found.experiment, model, fault.changes)
    assert mended.agreement > found.agreement
    assert kind not in [other.kind for other in faults(mended)]


def test_a_reset_is_not_named_for_one_step_where_it_has_no_effect(trained: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = trained
    reset = planted("reset", experiment) | {f"network.{place}.initial_v_mem": 0.5 for place in neuron_places(experiment)}
    found = compared(experiment, model, reset | planted("too few steps", experiment))
    assert [fault.kind for fault in faults(found)] == ["too few steps"]


def test_the_start_is_named_for_a_constant_current_alone(network: tuple[Experiment, nn.Sequential]) -> None:
    experiment, model = network
    at_random = {"training.task.encoding": {"kind": "rate", "rate": 1000.0}}
    found = compared(experiment, model, of_neurons(initial_v_mem=0.9) | at_random)
    assert found.agreement < 0.99
    assert "start" not in [fault.kind for fault in faults(found)]


def test_nothing_is_named_where_the_networks_agree(network: tuple[Experiment, nn.Sequential]) -> None:
    found = compared(*network, {"input.shape": [1, 36, 64]})
    assert found.agreement >= 0.99
    assert faults(found) == ()


# ------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network.1": {"kind": "LIF", "tau_mem": 10.0}}, "LIF 2 can't stand in for a ReLU: its rate isn't proportional to its input"),
        ({"network": [{"kind": "Linear", "in_features": 64, "out_features": 10}]}, "nothing to convert"),
        ({"network": [{"kind": "Linear", "in_features": 64, "out_features": 10}, NEURONS]}, "IAF 2 ends the network"),
        ({"training.task.encoding": {"kind": "latency"}}, "constant current or a rate code"),
        ({"training.task.encoding": {"kind": "rate", "rate": 1500.0}}, r"At a rate of 1500 Hz .* use a rate of at most 1/dt, 1000 Hz\."),
        ({"training.changes": [{"epoch": 3, "field": "training.lr", "value": 0.1}]}, "remove the changes of the training"),
        ({"training.task": {"kind": "spike_count", "target": 1}, "input": {"shape": (1, 4, 64), "probability": 0.1}}, "labelled samples"),
    ],
)
def test_what_cannot_be_converted_is_refused_with_what_would_be_right(changes: dict[str, Any], message: str) -> None:
    experiment = dense()
    for path, value in changes.items():
        if path == "network.1":
            layers = experiment.model_dump()["network"]
            experiment = dense(network=[layers[0], value, *layers[2:]])
    others = {path: value for path, value in changes.items() if path != "network.1"}
    with pytest.raises(ConversionError, match=message):
        artificial_network(experiment.replace(others) if others else experiment)


@pytest.mark.parametrize("percentile", [0, 101, -1])
def test_a_percentile_lies_above_0_and_up_to_100(percentile: float) -> None:
    with pytest.raises(ExperimentError, match="percentile"):
        dense(conversion={"percentile": percentile})


def test_a_learning_rate_that_is_too_high_is_said() -> None:
    experiment = dense(training={**TRAINING, "optimiser": "SGD", "lr": 1e30})
    with pytest.raises(ConversionError, match="lower learning rate"):
        list(train_artificial(experiment, artificial_network(experiment)))


def test_a_first_potential_of_the_threshold_or_more_is_refused() -> None:
    with pytest.raises(ExperimentError, match="initial_v_mem is 1"):
        dense().replace({"network.1.initial_v_mem": 1.0})
