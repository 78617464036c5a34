"""torch's own layers as data: their shapes are torch's, their weights are torch's, and dropout is that of the noise seed."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import snncore.layers
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from tests.snncore.models import RECURRENT

NEURON = {"kind": "LIF", "tau_mem": 10.0}


def experiment(*layers: dict[str, Any], shape: tuple[int, ...] = (2, 5, 3, 9, 7), **more: Any) -> Experiment:
    return Experiment(network=layers, input={"shape": shape, "probability": 0.5}, **more)


@given(st.integers(1, 9), st.integers(1, 4), st.integers(0, 3), st.booleans())
def test_shapes_are_those_of_torch(kernel_size, stride, padding, pools):
    convolve = {"kind": "Conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": kernel_size, "stride": stride, "padding": padding}
    layer = {"kind": "AvgPool2d", "kernel_size": kernel_size, "stride": stride} if pools else convolve
    if kernel_size > 7 + (0 if pools else 2 * padding):
        with pytest.raises(ExperimentError, match=rf"{layer['kind']} 1: kernel_size is {kernel_size}.*set it to at most"):
            experiment(layer)
    else:
        made = experiment(layer, NEURON, {"kind": "Flatten"})
        shape = made.network[0].output_shape((3, 9, 7))
        assert made.build()[:2](made.make_input()).shape == (10, *shape)
        assert made.build()(made.make_input()).shape == (2, 5, *made.network[2].output_shape(shape))


def test_weights_are_those_of_torch_with_the_same_seed():
    torch.manual_seed(7)
    expected = [nn.Conv2d(3, 4, 3, stride=2), nn.Linear(48, 5), nn.Conv2d(4, 2, 2, bias=False)]
    layers = [
        {"kind": "Conv2d", "in_channels": 3, "out_channels": 4, "kernel_size": 3, "stride": 2},
        {"kind": "Flatten"},
        {"kind": "Linear", "in_features": 48, "out_features": 5},
    ]
    built = experiment(*layers, seeds={"weights": 7}).build()
    for module, name in zip(expected, ("0", "2"), strict=False):
        for parameter, value in module.named_parameters():
            assert torch.equal(built.get_submodule(name).get_parameter(parameter), value)


def test_convolution_is_the_program_of_the_quickstart():
    made = convolution()
    torch.manual_seed(made.seeds.weights)
    program = nn.Sequential(
        nn.Conv2d(2, 16, 3),
        snncore.layers.LIFSqueeze(tau_mem=20.0, batch_size=8),
        nn.Conv2d(16, 32, 3),
        snncore.layers.LIFSqueeze(tau_mem=20.0, batch_size=8),
        nn.Flatten(),
        nn.Linear(512, 4),
    )
    data = made.make_input()
    assert data.shape == (8, 100, 2, 8, 8)
    out = made.build()(data)
    assert out.shape == (8, 100, 4)
    assert torch.equal(out, program(data.flatten(0, 1)).unflatten(0, (8, 100)))


def test_only_networks_that_need_it_are_folded():
    assert [name for name, _ in ten_spikes().build().named_children()] == ["0", "1", "2", "3"]
    assert [name for name, _ in convolution().build().named_children()] == ["fold", *"012345", "unfold"]
    assert convolution().layer_label("3") == "LIF 4"


@pytest.mark.parametrize("kind", NEURON_SPECS)
def test_every_model_lives_in_a_folded_network(kind):
    spec = NEURON_SPECS[kind]
    layer = {"kind": kind, **{name: 5.0 for name, field in spec.model_fields.items() if field.is_required() and name.startswith("tau")}}
    if spec.model in RECURRENT:
        layer["rec_connect"] = {"in_features": 27, "out_features": 27}
    made = experiment({"kind": "Flatten"}, {"kind": "Linear", "in_features": 189, "out_features": 27}, layer)
    assert made.build()(made.make_input()).shape == (2, 5, 27)


def test_dropout_is_that_of_the_noise_seed_and_only_while_training():
    def run(noise: int, training: bool = True) -> torch.Tensor:
        made = experiment({"kind": "Dropout", "p": 0.3}, NEURON, shape=(4, 50, 30), seeds={"noise": noise})
        return made.build().train(training)[0](torch.ones(4, 50, 30))

    untouched = torch.get_rng_state()
    dropped = run(1)
    assert torch.equal(dropped, run(1))
    assert not torch.equal(dropped, run(2))
    assert (run(1, training=False) == 1).all()
    assert (dropped == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert dropped.max().item() == pytest.approx(1 / 0.7)
    assert torch.equal(torch.get_rng_state(), untouched)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (
            ({"kind": "Conv2d", "in_channels": 2, "out_channels": 4, "kernel_size": 3},),
            r"Conv2d 1.*in_channels is 2.*set in_channels to 3",
        ),
        (
            ({"kind": "Flatten"}, {"kind": "AvgPool2d", "kernel_size": 2}),
            r"AvgPool2d 2.*it takes \(channels, height, width\).*\(189,\)",
        ),
        (({"kind": "Dropout", "p": 1.0},), r"Dropout 1: p is 1.0; it should be less than 1"),
        (({"kind": "Flatten"}, {"kind": "Linear", "in_features": 100, "out_features": 2}), r"Linear 2.*set in_features to 189"),
    ],
)
def test_a_layer_that_does_not_fit_is_named_with_what_would(layers, words):
    with pytest.raises(ExperimentError, match=words):
        experiment(*layers)
