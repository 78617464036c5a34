"""A training's parameters, taken along in a file with their Experiment: what is read computes what was trained, or says why it can't."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputFileError
from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS, NEURON_SPECS
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.io.checkpoint import read, save
from snncore.run.bptt import EpochRecord, train
from snncore.run.simulation import simulate
from tests.snncore.trained_networks import EPOCHS, NAME, TRAINED, file_of, linear


@pytest.fixture(params=TRAINED)
def trained(request: pytest.FixtureRequest) -> tuple[Experiment, EpochRecord]:
    """An Experiment, and the last epoch of its training."""
    experiment = TRAINED[request.param]
    *_, record = train(experiment)
    assert record.epoch == EPOCHS - 1
    return experiment, record


# ------------------------------------------------------------------------------------------------ there and back


def assert_same_spikes(experiment: Experiment, files: dict[str, Array], record: EpochRecord) -> None:
    [simulation] = simulate(experiment, files)
    assert record.spikes > 0
    for found, expected in zip(simulation.records.values(), record.layers, strict=True):
        np.testing.assert_array_equal(found.spikes, expected.spikes)
        np.testing.assert_array_equal(found.u, expected.u)


@pytest.mark.slow
def test_what_is_read_spikes_as_the_epoch_did_whose_parameters_were_saved(trained: tuple[Experiment, EpochRecord]) -> None:
    experiment, record = trained
    checkpoint = read(NAME, save(experiment.in_force(record.epoch), record.parameters))
    assert_same_spikes(checkpoint.experiment, dict(checkpoint.files), record)


@pytest.mark.slow
def test_what_is_read_builds_every_parameter_as_it_was_saved(trained: tuple[Experiment, EpochRecord]) -> None:
    experiment, record = trained
    checkpoint = read(NAME, save(experiment, record.parameters))
    built = checkpoint.experiment.build(checkpoint.files)
    drawn = dict(experiment.build().named_parameters())
    for name, parameter in built.named_parameters():
        np.testing.assert_array_equal(parameter.detach().numpy(), record.parameters[name], err_msg=name)
        if drawn[name].requires_grad:
            assert not torch.equal(parameter, drawn[name]), f"training moved {name}"


def test_torch_alone_loads_the_file(trained: tuple[Experiment, EpochRecord]) -> None:
    experiment, record = trained
    model = experiment.build()
    model.load_state_dict(safetensors.torch.load(save(experiment, record.parameters)))
    for name, parameter in model.named_parameters():
        np.testing.assert_array_equal(parameter.detach().numpy(), record.parameters[name])


def test_a_read_network_goes_on_training_where_the_other_stood(trained: tuple[Experiment, EpochRecord]) -> None:
    experiment, record = trained
    checkpoint = read(NAME, save(experiment, record.parameters))
    first, second = itertools.islice(train(checkpoint.experiment, files=checkpoint.files), 2)
    assert (first.spikes, first.loss) == (record.spikes, record.loss)
    assert any((first.parameters[name] != second.parameters[name]).any() for name in checkpoint.weights)


def test_what_is_read_is_saved_and_read_again(content: bytes) -> None:
    checkpoint = read(NAME, content)
    parameters = {name: value.detach().numpy() for name, value in checkpoint.experiment.build(checkpoint.files).named_parameters()}
    again = read(NAME, save(checkpoint.experiment, parameters))
    assert again.experiment == checkpoint.experiment


def test_what_changed_while_it_trained_is_settled_in_what_is_read() -> None:
    experiment = TRAINED["changed meanwhile"]
    parameters = {name: value.detach().numpy() for name, value in experiment.build().named_parameters()}
    found = read(NAME, save(experiment, parameters)).experiment
    assert found.replace({"checkpoint": None}) == experiment.settled


def test_constants_of_neurons_become_values_of_the_experiment(tensors: dict[str, Array]) -> None:
    moved = {**tensors, "1.tau_mem": np.array(9.998, np.float32), "3.tau_mem": np.array(0.03, np.float32)}
    moved["1.spike_threshold"] = np.array(0.7, np.float32)
    first, last = (read(NAME, save(ten_spikes(), moved)).experiment.network[place] for place in (1, 3))
    assert (first.tau_mem, first.spike_threshold, last.spike_threshold) == (9.998, 0.7, 1.0)
    assert last.tau_mem == 0.1, "in force, it is at its bound"


@pytest.mark.parametrize(("first", "last", "roundings"), [(np.exp(-1 / 2), 1 - 2**-24, 0), (0.3, 0.6, 1), (0.01, 0.3, 4)])
def test_a_trained_alpha_comes_back_from_its_tau(first: float, last: float, roundings: float) -> None:
    alphas = np.linspace(first, last, 4001, dtype=np.float32)
    np.testing.assert_allclose(alphas_back(alphas), alphas, rtol=roundings * np.finfo(np.float32).eps, atol=0)


def test_an_alpha_beyond_its_bounds_comes_back_at_them() -> None:
    lowest, highest = np.exp(np.float32(-1 / 0.1)), np.float32(1 - 2**-24)
    beyond = np.array([-0.5, 0.0, lowest / 2, 1.0, 1.25], np.float32)
    np.testing.assert_allclose(alphas_back(beyond), [lowest, lowest, lowest, highest, highest], rtol=1e-6)
    assert alphas_back(beyond)[-1] == highest


def alphas_back(alphas: Array) -> Array:
    """Of neurons that were saved with these α, those of the network that is read."""
    count = len(alphas)
    layer = {"kind": "LIF", "tau_mem": [5.0] * count, "train_alphas": True}
    experiment = Experiment(network=[layer], input={"shape": (1, 3, count), "probability": 0.5})
    saved = save(experiment, {"0.alpha_mem": alphas, "0.spike_threshold": np.ones((), np.float32)})
    back: Array = read(NAME, saved).experiment.build().get_parameter("0.alpha_mem").detach().numpy()
    return back


def test_a_network_without_weights_names_no_weights() -> None:
    experiment = Experiment(network=[{"kind": "LIF", "tau_mem": 5.0}], input={"shape": (1, 3, 4), "probability": 0.5})
    parameters = {name: value.detach().numpy() for name, value in experiment.build().named_parameters()}
    checkpoint = read(NAME, save(experiment, parameters))
    assert (checkpoint.experiment, checkpoint.files) == (experiment, {})


# ------------------------------------------------------------------------------------------------------ refusals


def refusal(content: bytes, name: str = NAME) -> str:
    with pytest.raises(InputFileError) as caught:
        read(name, content)
    return str(caught.value)


def test_a_file_that_is_no_safetensors_is_refused(content: bytes) -> None:
    for broken in (b"", b"PK\x03\x04 zip", content[:-1], content[:40], content + b"0", b"\xff" * 100):
        assert refusal(broken) == f"File '{NAME}': it is no safetensors file, or is cut off; save the weights again."


def test_a_file_that_is_too_large_is_refused(tensors: dict[str, Array]) -> None:
    assert "it has 33.0 MB, more than the 32 MB that are taken." in refusal(bytes(33 * 2**20))
    long_text = safetensors.numpy.save(tensors, {"experiment": " " * 3 * 2**20})
    assert "its header has 3,14" in refusal(long_text)


def test_a_file_without_an_experiment_is_refused(tensors: dict[str, Array]) -> None:
    for metadata in (None, {}, {"epoch": "3"}):
        assert 'it holds no Experiment under "experiment"' in refusal(safetensors.numpy.save(tensors, metadata))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "This is not valid JSON"),
        ("[]", "An Experiment is a JSON object"),
        ("{}", "network is missing"),
        (json.dumps({**json.loads(ten_spikes().to_json()), "colour": 1}), "'colour' is not a field it knows"),
        (json.dumps({**json.loads(ten_spikes().to_json()), "input": {"shape": [1, 9, 3], "probability": 0.5}}), r"Linear 1: "),
    ],
)
def test_an_experiment_that_cannot_be_read_is_refused(tensors: dict[str, Array], text: str, problem: str) -> None:
    with pytest.raises(InputFileError, match=f"^File '{NAME}': its Experiment can't be read: .*{problem}"):
        read(NAME, safetensors.numpy.save(tensors, {"experiment": text}))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"2.bias": None}, "2.bias is missing"),
        ({"1.tau_mem": None}, "1.tau_mem is missing"),
        ({"2.weight": np.zeros((64, 4), np.float32)}, "2.weight has the shape (64, 4), but the network takes (4, 64)"),
        ({"3.tau_mem": np.ones(4, np.float32)}, "3.tau_mem has the shape (4,), but the network takes ()"),
        ({"4.weight": np.zeros((2, 2), np.float32)}, "the network has no '4.weight'"),
        ({"colour": np.zeros(2, np.float32)}, "the network has no 'colour'"),
        ({"0.bias": np.zeros(64)}, "tensor '0.bias' is of type F64; save it as float32, F32"),
        ({"0.bias": np.zeros(64, np.int32)}, "tensor '0.bias' is of type I32; save it as float32, F32"),
        ({"0.bias": np.full(64, np.nan, np.float32)}, "'0.bias' holds values that are not finite"),
        ({"1.tau_mem": np.array(np.inf, np.float32)}, "'1.tau_mem' holds values that are not finite"),
        ({"1.spike_threshold": np.array(-1, np.float32)}, "spike_threshold is -1; it must be a finite number above 0"),
    ],
)
def test_tensors_that_are_not_those_of_the_network_are_refused(
    tensors: dict[str, Array], changed: dict[str, Array | None], problem: str
) -> None:
    given_tensors = {name: values for name, values in {**tensors, **changed}.items() if values is not None}
    said = refusal(file_of(given_tensors))
    assert said.startswith(f"File '{NAME}': ")
    assert problem in said
    assert said.endswith(".")
    assert not said.endswith("..")


def test_a_small_file_that_names_a_large_network_is_refused_before_it_is_built(tensors: dict[str, Array]) -> None:
    huge = Experiment(network=[linear(16, 10**7), linear(10**7, 10**7), {"kind": "IAF"}], input={"shape": (1, 100, 16), "probability": 0.5})
    assert "0.weight has the shape (64, 16), but the network takes (10000000, 16)" in refusal(file_of(tensors, huge))


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_a_layer_of_every_kind_is_saved_and_read(kind: str) -> None:
    shape = (2, 4, 4) if kind in ("Conv2d", "AvgPool2d") else (4,)
    layers = [stack.fitting_layer(kind, shape)]
    experiment = Experiment(network=layers, input={"shape": (1, 3, *shape), "probability": 0.5})
    parameters = {name: value.detach().numpy() + np.float32(0.25) for name, value in experiment.build().named_parameters()}
    if not parameters:
        return
    checkpoint = read(NAME, save(experiment, parameters))
    for name, parameter in checkpoint.experiment.build(checkpoint.files).named_parameters():
        np.testing.assert_array_equal(parameter.detach().numpy(), parameters[name])
    assert kind in NEURON_SPECS or checkpoint.weights.keys() == parameters.keys()


@pytest.mark.parametrize("problem", [{}, {"0.bias": np.full(64, np.inf, np.float32)}])
def test_what_could_not_be_read_again_is_not_saved(tensors: dict[str, Array], problem: dict[str, Array]) -> None:
    with pytest.raises(ExperimentError, match=r"^The parameters can't be saved: .*\."):
        save(ten_spikes(), {**tensors, **problem} if problem else {})


def safetensors_file(header: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


EXPERIMENT_ALONE = {"__metadata__": {"experiment": ten_spikes().to_json()}}
NOTHING = {"dtype": "F32", "data_offsets": [0, 0]}
HEADERS: dict[str, tuple[dict[str, Any], bytes, str]] = {
    "no metadata": ({"__metadata__": None}, b"", "it holds no Experiment"),
    "no header at all": ({}, b"", "it holds no Experiment"),
    "70 axes": ({**EXPERIMENT_ALONE, "0.weight": {"dtype": "F32", "shape": [1] * 70, "data_offsets": [0, 4]}}, bytes(4), "has the shape"),
    "a length beyond": ({**EXPERIMENT_ALONE, "0.weight": {**NOTHING, "shape": [0, 2**63]}}, b"", "has the shape"),
    "a long length": ({**EXPERIMENT_ALONE, "0.weight": {**NOTHING, "shape": [0, 2**40]}}, b"", "has the shape"),
    "nothing": ({**EXPERIMENT_ALONE, "0.weight": {**NOTHING, "shape": [0]}}, b"", "has the shape"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_no_network_has_is_refused_in_words(name: str) -> None:
    header, data, words = HEADERS[name]
    assert words in refusal(safetensors_file(header, data))
