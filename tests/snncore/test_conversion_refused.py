"""What spikes can't compute, and data and arguments that don't fit, are refused by name with what would do instead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from snncore.convert import from_model
from snncore.errors import ConversionError, ParameterError, ShapeError, SNNCoreError
from snncore.layers import ExpLeak
from tests.snncore.artificial_models import Calling


def ending(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 4), nn.ReLU(), *layers)


@pytest.mark.parametrize(
    ("layer", "name", "instead"),
    [
        (nn.MaxPool2d(2), "MaxPool2d", "AvgPool2d or snncore.layers.SumPool2d"),
        (nn.Softmax(-1), "Softmax", "leave it out"),
        (nn.LogSoftmax(-1), "LogSoftmax", "leave it out"),
        (nn.LSTM(4, 4), "LSTM", "LIFRecurrent"),
        (nn.LayerNorm(4), "LayerNorm", "BatchNorm"),
        (nn.Sigmoid(), "Sigmoid", "ReLU"),
        (nn.LeakyReLU(), "LeakyReLU", "ReLU"),
        (nn.ReLU6(), "ReLU6", "ReLU"),
        (nn.Hardshrink(), "Hardshrink", "use Linear, Conv2d"),
    ],
)
def test_modules_that_spikes_cannot_compute_are_refused_by_name(layer: nn.Module, name: str, instead: str) -> None:
    with pytest.raises(ConversionError, match=rf"^{name} \(module '2'\) can't be computed by spikes.*{instead}"):
        from_model(ending(layer), batch_size=1)


@pytest.mark.parametrize(
    ("function", "name", "instead"),
    [
        (lambda x: functional.max_pool1d(x, 2), "max_pool1d", "AvgPool2d"),
        (lambda x: x.softmax(-1), "softmax", "leave it out"),
        (torch.sigmoid, "sigmoid", "ReLU"),
        (lambda x: x * x, "mul", "product"),
        (lambda x: 1 / x, "truediv", "Linear"),
        (lambda x: x.clamp(0, 1), "clamp", "ReLU"),
        (torch.exp, "exp", "Linear"),
        (lambda x: x // 0.3, "floordiv", "rounds; divide with /"),
        (lambda x: torch.div(x, 0.3, rounding_mode="floor"), "div", "rounds"),
        (lambda x: x.to(torch.int32), "to", "rounds"),
        (lambda x: x.sum(-1, dtype=torch.long), "sum", "rounds"),
        (lambda x: x.long(), "long", "rounds"),
    ],
)
def test_functions_that_spikes_cannot_compute_are_refused_by_name(function: Any, name: str, instead: str) -> None:
    with pytest.raises(ConversionError, match=rf"^The function {name} can't be computed by spikes.*{instead}"):
        from_model(Calling(function), batch_size=1)


def test_a_model_that_looks_at_its_data_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"^Calling: its forward can't be followed without data"):
        from_model(Calling(lambda x: x if x.sum() > 0 else -x), batch_size=1)


def test_a_model_with_nothing_to_convert_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"^Sequential calls no ReLU"):
        from_model(nn.Sequential(nn.Linear(2, 2)), batch_size=1)


def test_weights_that_are_not_finite_are_refused_by_name() -> None:
    model = ending()
    model[0].bias.data[1] = torch.nan
    with pytest.raises(ConversionError, match=r"^0.bias holds nan"):
        from_model(model, batch_size=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"backend": "exodus"}, "backend is 'exodus'.*spike_layer_class"),
        ({"bias_rescaling": 0.0}, "bias_rescaling is 0.0"),
        ({"spike_layer_class": ExpLeak}, "must be a layer class that spikes"),
        ({"initial_v_mem": 1.0}, "initial_v_mem is 1.0"),
        ({"batch_size": None}, "give batch_size or num_timesteps"),
        ({"spike_threshold": 0.0}, "spike_threshold is 0"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        from_model(ending(), **{"batch_size": 1, **arguments})


def test_data_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"doesn't take data of shape \(1, 7\)"):
        from_model(ending(), input_shape=(7,), batch_size=1)
    with pytest.raises(ShapeError, match="batch_size=2"):
        from_model(ending(), batch_size=2)(torch.rand(3, 4))


@pytest.mark.parametrize("called", ["__call__", "compare_activations", "run"])
@pytest.mark.parametrize(
    ("first", "data", "wanted"),
    [
        (nn.Linear(2, 4), torch.rand(4, 3), r"Linear takes \(\.\.\., 2\) of torch.float32"),
        (nn.Linear(2, 4), torch.rand(4, 2).double(), r"torch.float64: its layer Linear takes \(\.\.\., 2\) of torch.float32"),
        (nn.Conv2d(3, 4, 2), torch.rand(4, 1, 5, 5), r"Conv2d takes \(batch, 3, height, width\)"),
        (nn.BatchNorm1d(2), torch.rand(4, 3), r"BatchNorm1d takes \(batch, 2, \.\.\.\)"),
        (nn.Unflatten(1, (2, 3)), torch.rand(4, 5), "unflatten"),
    ],
)
def test_data_of_another_shape_is_refused_with_what_would_fit(called: str, first: nn.Module, data: Tensor, wanted: str) -> None:
    network = from_model(nn.Sequential(first, nn.ReLU()).eval(), batch_size=4)
    arguments = (data, 3) if called == "run" else (data,)
    with pytest.raises(ConversionError, match=rf"^The model doesn't take data of shape .*{wanted}"):
        getattr(network, called)(*arguments)


def test_one_sample_for_a_batch_norm_in_training_is_refused_with_what_to_do() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.ReLU())
    with pytest.raises(ConversionError, match="BatchNorm1d needs several samples while it is trained; call eval"):
        from_model(model, batch_size=1)(torch.rand(1, 2))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (torch.rand(4, 2), r"first axis is batch\*time.*batch_size=3.*a multiple of 3 rows"),
        (torch.rand(0, 2), "holds nothing; give at least one sample"),
        (torch.full((3, 2), torch.nan), "infinity or NaN"),
        (np.zeros((3, 2)), "of type ndarray; give a tensor"),
    ],
)
def test_data_that_cannot_be_compared_is_refused(data: Any, said: str) -> None:
    network = from_model(nn.Sequential(nn.Linear(2, 4), nn.ReLU()), batch_size=3)
    with pytest.raises(SNNCoreError, match=said):
        network.compare_activations(data)


@pytest.mark.parametrize("arguments", [{}, {"input_shape": (4,)}, {"add_spiking_output": True}])
@pytest.mark.parametrize(
    ("function", "kind"),
    [(lambda x: (x, 2 * x), "tuple"), (lambda x: {"out": x}, "dict"), (lambda x: [x], "list"), (lambda x: None, "NoneType")],
)
def test_a_model_that_returns_several_values_is_refused(function: Any, kind: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ConversionError, match=f"^Calling returns a {kind}.*let it return one tensor"):
        from_model(Calling(function), batch_size=1, **arguments)


def test_a_model_that_turns_out_to_return_several_values_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"^The model returns a tuple.*let it return one tensor"):
        from_model(Calling(lambda x: x.chunk(2, -1)), batch_size=1, input_shape=(4,))


def test_a_model_without_sizes_or_that_is_none_is_refused() -> None:
    with pytest.raises(ConversionError, match=r"^LazyLinear \(module '0'\) doesn't know its sizes yet; call the model"):
        from_model(nn.Sequential(nn.LazyLinear(4), nn.ReLU()), batch_size=1)
    with pytest.raises(ConversionError, match=r"The model is of type int; give a torch.nn.Module"):
        from_model(3, batch_size=1)
