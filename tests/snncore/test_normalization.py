"""Normalised networks compute the same up to a known factor, with activations of about 1."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional
from torch.nn.utils import prune

from snncore.convert import activation_scales, from_model, normalize
from snncore.convert.graph import relus, separated, traced
from snncore.errors import ConversionError, ParameterError
from snncore.layers import IAF, NeuromorphicReLU
from snncore.utils import normalize_weights


class Residual(nn.Module):
    """Adds branches, concatenates others, adds a constant, and uses a layer twice."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.tied, self.c, self.out = (nn.Linear(5, 5) for _ in range(5))
        self.wide = nn.Linear(10, 5)
        self.act = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        a = self.act(3 * self.a(x))
        b = functional.relu(self.b(a)) + a
        b = self.act(self.tied(self.act(self.tied(b))))
        c = self.act(self.c(b) + 0.5)
        return self.out(self.act(self.wide(torch.cat((b, c), -1))))


class Added(nn.Module):
    """Adds two branches of different size."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.out = (nn.Linear(5, 5) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.a(x).relu() + 3 * torch.relu(self.b(x)))


class Convolutional(nn.Sequential):
    """Has batch norms, with and without weights, and ends in a ReLU."""

    def __init__(self) -> None:
        super().__init__(
            nn.Unflatten(1, (1, 5, 4)),
            nn.Conv2d(1, 3, 2, bias=False),
            nn.BatchNorm2d(3),
            nn.ReLU(inplace=True),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.Linear(6, 7),
            nn.BatchNorm1d(7, affine=False),
            nn.ReLU(),
        )


def made(kind: type[nn.Module]) -> tuple[nn.Module, Tensor]:
    torch.manual_seed(4)
    model = kind()
    data = 7 * torch.rand(64, 20 if kind is Convolutional else 5)
    model(data)  # for the batch norms' statistics
    return model.eval(), data


class Recorded(fx.Interpreter):
    """Runs a model and keeps the outputs of its ReLUs, in order."""

    def __init__(self, model: nn.Module) -> None:
        self.view = traced(separated(model))
        super().__init__(self.view)
        self.found: list[Tensor] = []

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if n in relus(self.view):
            self.found.append(result.detach().clone())
        return result


def activations(model: nn.Module, data: Tensor) -> list[Tensor]:
    recorded = Recorded(model)
    recorded.run(data)
    return recorded.found


@pytest.mark.parametrize("kind", [Residual, Convolutional])
def test_every_activation_is_divided_by_its_scale(kind: type[nn.Module]) -> None:
    model, data = made(kind)
    scales = activation_scales(model, data)
    assert len({*scales.values()}) > 1
    assert max(scales.values()) > 1.5
    for before, after, scale in zip(activations(model, data), activations(normalize(model, data), data), scales.values(), strict=True):
        torch.testing.assert_close(after, before / scale, rtol=1e-4, atol=1e-5)


def test_the_output_of_a_model_that_ends_in_a_linear_layer_stays_the_same() -> None:
    model, data = made(Residual)
    torch.testing.assert_close(normalize(model, data)(data), model(data))


def test_without_branches_each_relu_answers_one_at_its_percentile() -> None:
    model, data = made(Convolutional)
    for percentile in (50.0 + 49, 100.0):
        found = activations(normalize(model, data, percentile), data)
        assert [np.percentile(values.numpy(), percentile) for values in found] == pytest.approx([1.0, 1.0])


def test_added_branches_share_the_largest_scale() -> None:
    model, data = made(Added)
    largest = max(values.max().item() for values in activations(model, data))
    assert activation_scales(model, data, 100.0) == pytest.approx({"relu": largest, "relu_1": largest})
    assert max(values.max().item() for values in activations(normalize(model, data, 100.0), data)) == pytest.approx(1.0)
    torch.testing.assert_close(normalize(model, data)(data), model(data))


@pytest.mark.parametrize("constant", [False, True])
def test_a_branch_that_meets_the_input_or_a_constant_keeps_its_answers_even_above_one(constant: bool) -> None:
    class Meeting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.out = nn.Linear(5, 5), nn.Linear(5, 5)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(self.a(x).relu() + (torch.ones(5) if constant else x))

    model, data = made(Meeting)
    (before,), (after,) = activations(model, data), activations(normalize(model, data), data)
    assert before.max() > 1.5
    assert torch.equal(after, before)


def test_the_model_and_its_mode_stay_as_they_were() -> None:
    model, data = made(Convolutional)
    model.train()
    before = copy.deepcopy(model.state_dict())
    normalised = normalize(model, data)
    assert normalised.training
    assert all(module.training for module in normalised.modules())
    assert all(module.training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_batch_norms_are_folded() -> None:
    model, data = made(Convolutional)
    normalised = normalize(model, data)
    assert isinstance(normalised, Convolutional)
    assert isinstance(normalised[2], nn.Identity)
    assert not any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in normalised.modules())


@pytest.mark.parametrize("weight", [0.0, -1.0, 1e-42])
def test_dead_layers_keep_their_scale(weight: float) -> None:
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.ReLU(), nn.Linear(3, 2))
    nn.init.constant_(model[0].weight, weight)
    data = torch.rand(9, 3)
    normalised = normalize(model, data)
    assert torch.equal(normalised(data), model(data))
    assert activation_scales(model, data) == {"1": 1.0}


def test_a_layer_that_seldom_answers_is_scaled_by_its_largest_answer() -> None:
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1))
    nn.init.ones_(model[0].weight)
    data = torch.zeros(1000, 1)
    data[7] = 5.0
    assert activation_scales(model, data, 90.0) == {"1": 5.0}


@pytest.mark.parametrize("scale", [normalize, activation_scales])
def test_weights_that_are_not_finite_have_no_scales(scale: Any) -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nan
    with pytest.raises(ConversionError, match=r"^0\.weight holds nan; all weights must be finite"):
        scale(model, torch.rand(5, 3))


@pytest.mark.parametrize("percentile", [0, -1, 100.1, float("nan")])
def test_a_percentile_out_of_range_is_refused(percentile: float) -> None:
    model, data = made(Convolutional)
    with pytest.raises(ParameterError, match="must be above 0 and at most 100"):
        normalize(model, data, percentile)


def test_data_that_does_not_fit_is_refused() -> None:
    model, data = made(Convolutional)
    with pytest.raises(ConversionError, match=r"doesn't take data of shape \(64, 7\)"):
        normalize(model, data[:, :7])
    with pytest.raises(ConversionError, match="data holds an infinity or NaN"):
        normalize(model, data / 0)
    with pytest.raises(ConversionError, match=r"shape \(0, 20\) and holds nothing; give at least one sample"):
        normalize(model, data[:0])
    with pytest.raises(ConversionError, match=r"LazyLinear .* call the model on some data first"):
        normalize(nn.Sequential(nn.LazyLinear(3), nn.ReLU()), data)


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ([nn.BatchNorm1d(3), nn.Linear(3, 3), nn.ReLU()], r"BatchNorm1d \(module '0'\) can't be folded"),
        ([nn.Linear(3, 3), nn.ReLU(), nn.BatchNorm1d(3)], r"BatchNorm1d \(module '2'\) can't be folded"),
        ([nn.Linear(3, 3), nn.BatchNorm1d(3, track_running_stats=False), nn.ReLU()], "track_running_stats"),
        ([nn.Linear(3, 3), NeuromorphicReLU()], "quantize=False"),
        ([nn.Linear(3, 3), nn.ReLU(), IAF()], "normalise before you convert"),
        ([nn.Linear(3, 3), nn.Softmax(-1)], "leave it out"),
    ],
)
def test_what_cannot_be_scaled_is_refused_by_name(layers: list[nn.Module], said: str) -> None:
    with pytest.raises(ConversionError, match=said):
        normalize(nn.Sequential(*layers), torch.rand(5, 3))


class Tied(nn.Module):
    """Shares weights between layers in several ways."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c, self.out = (nn.Linear(5, 5) for _ in range(4))
        self.b.weight = self.a.weight
        self.b.bias = self.a.bias
        self.c.weight = nn.Parameter(self.a.weight.data.t())

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.c(self.b(self.a(3 * x).relu()).relu()).relu())


def test_layers_that_share_weights_are_scaled_each_by_its_own() -> None:
    model, data = made(Tied)
    with torch.no_grad():
        model.a.weight.abs_()
    scales = activation_scales(model, data)
    normalised = normalize(model, data)
    assert len({round(scale, 3) for scale in scales.values()}) == 3
    for before, after, scale in zip(activations(model, data), activations(normalised, data), scales.values(), strict=True):
        torch.testing.assert_close(after, before / scale, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(normalised(data), model(data))


def test_weights_that_are_read_beside_their_layer_are_refused() -> None:
    class Reading(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(5, 5), nn.Linear(5, 5)

        def forward(self, x: Tensor) -> Tensor:
            return self.b(torch.relu(self.a(x) + self.b.bias))

    with pytest.raises(ConversionError, match=r"^Linear \(module 'b'\) can't be scaled, since its bias is also used beside it"):
        normalize(*made(Reading))


@pytest.mark.parametrize("of", [nn.utils.parametrizations.weight_norm, nn.utils.parametrizations.spectral_norm])
def test_parametrized_weights_become_plain_and_the_function_stays(of: Any) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(of(nn.Linear(5, 5)), nn.ReLU(), of(nn.Linear(5, 5)), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))
    data = 50 * torch.rand(64, 5)
    model(data)
    model.eval()
    before = copy.deepcopy(model.state_dict())
    normalised = normalize(model, data)
    torch.testing.assert_close(normalised(data), model(data))
    assert max(values.max().item() for values in activations(normalised, data)) < 2
    assert type(normalised[0]) is nn.Linear
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items()), "the model stays as it was"
    torch.testing.assert_close(model(data), normalised(data))


@pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated")
@pytest.mark.parametrize("of", [nn.utils.weight_norm, nn.utils.spectral_norm, lambda layer: prune.l1_unstructured(layer, "weight", 0.5)])
def test_weights_that_are_made_anew_at_each_call_are_refused_by_name(of: Any) -> None:
    model = nn.Sequential(of(nn.Linear(5, 5)), nn.ReLU(), nn.Linear(5, 2))
    for convert in (lambda: normalize(model, torch.rand(9, 5)), lambda: from_model(model, batch_size=1)):
        with pytest.raises(ConversionError, match=r"^Linear \(module '0'\) makes its weight from others.*remove_weight_norm"):
            convert()


def test_a_model_that_has_just_been_trained_for_few_operations_can_be_copied() -> None:
    model = nn.Sequential(nn.Linear(5, 5), NeuromorphicReLU(quantize=False), nn.Linear(5, 2))
    data = torch.rand(9, 5)
    expected = model(data)
    torch.testing.assert_close(normalize(model, data)(data), expected)
    assert from_model(model, batch_size=1)(data).shape == (9, 2)


def test_as_in_sinabs_a_network_is_normalised_in_place_at_the_named_layers() -> None:
    model, data = made(Convolutional)
    normalised = copy.deepcopy(model)
    assert normalize_weights(normalised, data, ["3"], ["1"], percentile=100) is None
    scales = activation_scales(model, data, 100)
    before, after = activations(model, data), activations(normalised, data)
    torch.testing.assert_close(after[0], before[0] / scales["3"])
    torch.testing.assert_close(after[1], before[1])


@pytest.mark.parametrize(
    ("outputs", "layers", "said"),
    [(["x"], ["1"], "no module 'x'"), (["3", "3"], ["1"], "2 names go with 1"), (["1"], ["1"], "module '1' is Conv2d, not a ReLU")],
)
def test_names_that_do_not_fit_are_refused(outputs: list[str], layers: list[str], said: str) -> None:
    model, data = made(Convolutional)
    with pytest.raises(ParameterError, match=said):
        normalize_weights(model, data, outputs, layers)
